// One of the benchmarks' networks, built by segkit from its config, and one step of it.
import * as tf from '@tensorflow/tfjs-core';
import { buildModel, evalMode, randomStream, readInto } from 'segkit';

import { configOf } from '../nets.js';
import { randomBatch } from './random-batch.js';

/**
 * Builds a network with first weights and a batch for it.
 * @param app - Its engine must run.
 */
export function createNetwork({ registry, parseConfig }, net) {
  const config = parseConfig(configOf(net));
  const { labels } = config.data;
  const loss = registry.create('loss', config.loss, { labels }, { path: 'loss' });
  const ends = {
    inChannels: net.imageChannels,
    outChannels: loss.outChannels(labels.classes.length),
  };
  const model = buildModel(registry, config.model, ends);
  model.initialize(randomStream(1));
  const parameters = new Map(
    [...model.namedParameters()].filter(([, parameter]) => parameter.trainable),
  );
  const parameterCount = [...parameters.values()].reduce((sum, { size }) => sum + size, 0);
  return { config, loss, model, parameters, parameterCount, ...randomBatch(net) };
}

/** The network's training step: forward, loss, backward, reading the loss, Adam. Resolves to the loss. */
export function trainingStep({ registry }, { config, loss, model, parameters, image, labels }) {
  const scope = { path: 'optimizer' };
  const optimizer = registry.create('optimizer', config.optimizer, { parameters }, scope);
  const mode = { training: true, random: randomStream(2) };
  const variables = [...parameters.values()].map(({ value }) => value);
  return async () => {
    const { value, grads } = tf.variableGrads(
      () => loss.forward(model.forward(image, mode), { labels }),
      variables,
    );
    const gradients = [...parameters].map(([name, { value: variable }]) => [
      name,
      grads[variable.name],
    ]);
    // As in segkit's training loop the loss is read before the update: a lazy engine computes the update with the next step.
    const [number] = await value.data();
    optimizer.step(new Map(gradients), optimizer.learningRate);
    tf.dispose([value, grads]);
    return number;
  };
}

/**
 * The network's inference: a new image into a tensor, a forward pass with running statistics, and reading all logits, as
 * segkit predicts: into memory that is used again. Resolves to the first one. The image is uploaded every time, because an engine may notice inputs that never change and
 * compute what depends on them once; that is to be the weights alone.
 */
export function inferenceStep({ model, image }) {
  const pixels = image.dataSync();
  let numbers = new Float32Array();
  return async () => {
    const input = tf.tensor4d(pixels, image.shape);
    const logits = model.forward(input, evalMode);
    if (numbers.length !== logits.size) numbers = new Float32Array(logits.size);
    await readInto(logits, numbers);
    tf.dispose([input, logits]);
    return numbers[0];
  };
}
