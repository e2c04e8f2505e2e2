// Small networks compute on `ort`, with and without the blocked layout, what they compute on wasm.
import { stats } from '@segkit/backend-ort';
import * as tf from '@tensorflow/tfjs-core';
import {
  buildModel,
  createApp,
  firstParty,
  randomStream,
  silentLogger,
  type ModelInput,
  type SegmentationModel,
} from 'segkit';
import { afterAll, expect, test } from 'vitest';

const { registry, startEngine } = createApp({ plugins: [...firstParty], logger: silentLogger });

afterAll(async () => {
  await startEngine({ name: 'ort', threads: 2, blockedLayout: true });
  await tf.setBackend('cpu');
});

const channels = 3;
const classes = 2;

function build({ backbone, center, decoder, head }: ModelInput): SegmentationModel {
  const spec = {
    backbone: registry.spec('backbone').parse(backbone),
    center: registry.spec('center').parse(center ?? 'identity'),
    decoder: registry.spec('decoder').parse(decoder),
    head: registry.spec('head').parse(head ?? 'conv1x1'),
  };
  return buildModel(registry, spec, { inChannels: channels, outChannels: classes });
}

function pattern(shape: readonly number[], phase: number): tf.Tensor {
  const length = tf.util.sizeFromShape([...shape]);
  const values = Float32Array.from({ length }, (_, i) =>
    Math.sin(phase + 1.7 * i + 0.01 * i ** 1.5),
  );
  return tf.tensor(values, [...shape]);
}

/** The same weights for a model of the same structure, whatever the engine. */
function fill(model: SegmentationModel): void {
  model.initialize(randomStream(0));
  [...model.namedParameters()].forEach(([name, { value, shape, size }], i) => {
    tf.tidy(() => {
      const isFilter = shape.length === 4;
      const gain = isFilter ? Math.sqrt((2 * (shape[3] ?? 1)) / size) : 0.2;
      const around = !isFilter && /(running_var|weight)$/.test(name) ? 1 : 0;
      value.assign(tf.add(tf.mul(pattern(shape, i), gain), around));
    });
  });
}

/** Logits of a training pass, and the gradient of their sum by fixed weights for each parameter, by name. */
function compute(spec: ModelInput): ReadonlyMap<string, Float32Array> {
  const model = build(spec);
  fill(model);
  const trainable = [...model.namedParameters()].filter(([, parameter]) => parameter.trainable);
  const variables = trainable.map(([, { value }]) => value);
  const results = new Map<string, Float32Array>();
  tf.tidy(() => {
    const image = pattern([2, 32, 32, channels], 0) as tf.Tensor4D;
    let logits: tf.Tensor | undefined;
    const { grads } = tf.variableGrads(() => {
      logits = tf.keep(model.forward(image, { training: true, random: randomStream(0) }));
      return tf.sum<tf.Scalar>(tf.mul(logits, pattern(logits.shape, 1)));
    }, variables);
    results.set('logits', logits?.dataSync<'float32'>() ?? new Float32Array());
    logits?.dispose();
    for (const [name, { value }] of trainable) {
      results.set(name, grads[value.name]?.dataSync<'float32'>() ?? new Float32Array());
    }
  });
  model.dispose();
  return results;
}

/** `|a - b|`, Euclidean. */
function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...b.map((value, i) => value - (a[i] ?? NaN)));
}

// 16 channels fill a block. No deep network: in ResNet-18, wasm and cpu differ by percents themselves, where a ReLU or a
// maximum is almost a tie. test/networks compares those with PyTorch.
const cbr = { name: 'cbr', width: 16, depth: 2 } as const;
const models: Readonly<Record<string, ModelInput>> = {
  unet: { backbone: cbr, center: 'cbr', decoder: { name: 'unet', upsampler: 'transposed' } },
  'unet, bilinear and add': {
    backbone: cbr,
    decoder: { name: 'unet', upsampler: 'bilinear', merge: 'add' },
  },
  'linknet, dilated': {
    backbone: cbr,
    center: 'dilated',
    decoder: 'linknet',
    head: 'linknet',
  },
  'unet of 5 channels, without norm': {
    backbone: { name: 'cbr', width: 5, depth: 1, norm: false },
    center: { name: 'cbr', norm: false },
    decoder: { name: 'unet', norm: false },
  },
};

test.each(Object.entries(models))('%s', async (_, spec) => {
  await startEngine({ name: 'wasm' });
  const expected = compute(spec);
  // Gradients of biases are sums that cancel, before batch statistics entirely: then rounding is all there is.
  const norms = [...expected.values()].map((values) => Math.hypot(...values));
  const smallest = 1e-2 * Math.max(...norms);
  for (const blockedLayout of [true, false]) {
    await startEngine({ name: 'ort', threads: 2, blockedLayout });
    const { fallbacks } = stats();
    const received = compute(spec);
    expect(stats().fallbacks).toEqual(fallbacks);
    expect([...received.keys()]).toEqual([...expected.keys()]);
    for (const [result, values] of expected) {
      const apart = distance(received.get(result)!, values);
      expect(apart, result).toBeLessThan(1e-4 * Math.max(Math.hypot(...values), smallest));
    }
  }
});
