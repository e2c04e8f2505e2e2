// Worker of training-step.js: the U-Net built by segkit from a config, on the engine "wasm".
import * as tf from '@tensorflow/tfjs-core';
import { buildModel, createApp, firstParty, randomStream } from 'segkit';

import { randomBatch, serve, shapeArguments } from './training-step-worker.js';

const [base, batch, size] = shapeArguments();
const app = createApp({ plugins: firstParty });
await app.startEngine({ name: 'wasm' });
const { registry } = app;
const config = app.parseConfig({
  data: {
    labels: { classes: ['background', 'foreground'] },
    train: 'synthetic-cells',
  },
  model: { backbone: { name: 'cbr', width: base, depth: 4 }, center: 'cbr', decoder: 'unet' },
  loss: 'ce',
  optimizer: { name: 'adam', learningRate: 1e-3 },
  train: { steps: 1, batchSize: batch },
});
const model = buildModel(registry, config.model, { inChannels: 3, outChannels: 2 });
model.initialize(randomStream(1));
const parameters = new Map(
  [...model.namedParameters()].filter(([, parameter]) => parameter.trainable),
);
const loss = registry.create('loss', config.loss, { labels: config.data.labels }, { path: 'loss' });
const optimizer = registry.create(
  'optimizer',
  config.optimizer,
  { parameters },
  { path: 'optimizer' },
);
const { image, labels } = randomBatch(batch, size);
const mode = { training: true, random: randomStream(2) };

const step = () => {
  const variables = [...parameters.values()].map(({ value }) => value);
  const { value, grads } = tf.variableGrads(
    () => loss.forward(model.forward(image, mode), { labels }),
    variables,
  );
  const gradients = [...parameters].map(([name, parameter]) => [name, grads[parameter.value.name]]);
  const [number] = value.dataSync();
  optimizer.step(new Map(gradients), optimizer.learningRate);
  tf.dispose([value, grads]);
  return number;
};
const count = [...parameters.values()].reduce((sum, parameter) => sum + parameter.size, 0);
await serve(step, { parameters: count });
