import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import type { Callback } from '../components/callback.js';
import { silentLogger } from '../components/logger.js';
import type { Sample } from '../components/sample.js';
import { createApp, type App } from '../app.js';
import { Conv2d } from '../nn/conv2d.js';
import { Module } from '../nn/module.js';
import { optimizers, schedules } from '../optim/index.js';
import {
  defineBackbone,
  defineCallback,
  defineCenter,
  defineDataset,
  defineDecoder,
  defineEngine,
  defineHead,
  defineLoss,
  defineMetric,
  defineTransform,
  type Plugin,
} from '../registry/plugin.js';
import { randomStream } from '../tensor/random-stream.js';
import type { Size } from '../tensor/size.js';

const none = z.strictObject({});

class TinyBackbone extends Module {
  readonly channels: readonly number[];
  readonly strides = [1];
  readonly #conv: Conv2d;

  constructor(inChannels: number, width: number, padding: number) {
    super();
    this.channels = [width];
    this.#conv = this.child(
      'conv',
      new Conv2d({ inChannels, outChannels: width, kernelSize: 3, padding }),
    );
  }

  sizes(image: Size): readonly Size[] {
    return [this.#conv.outputSize(image)];
  }

  forward(image: Tensor4D): Tensor4D[] {
    return [tf.relu(this.#conv.forward(image))];
  }
}

const tinyBackbone = defineBackbone({
  name: 'tiny',
  description: 'One convolution.',
  options: z.strictObject({
    width: z.number().int().positive().default(4),
    padding: z.number().int().min(0).default(1),
  }),
  create: ({ width, padding }, { inChannels }) => new TinyBackbone(inChannels, width, padding),
});

class Identity extends Module {
  readonly upscale = 1;
  readonly outputStride = 1;

  constructor(readonly outChannels: number) {
    super();
  }
}

const identityCenter = defineCenter({
  name: 'identity',
  description: 'Nothing.',
  options: none,
  create: (_, { inChannels }) =>
    Object.assign(new Identity(inChannels), {
      outputSize: (size: Size) => size,
      forward: (x: Tensor4D) => x,
    }),
});

const lastDecoder = defineDecoder({
  name: 'last',
  description: 'Takes the deepest map as it is.',
  options: none,
  create: (_, { channels }) =>
    Object.assign(new Identity(channels.at(-1) ?? 1), {
      outputSize: (sizes: readonly Size[]) => sizes.at(-1) as Size,
      forward: (features: readonly Tensor4D[]) => features.at(-1) as Tensor4D,
    }),
});

class TinyHead extends Module {
  readonly upscale = 1;
  readonly #conv: Conv2d;

  constructor(inChannels: number, outChannels: number) {
    super();
    this.#conv = this.child('conv', new Conv2d({ inChannels, outChannels, kernelSize: 1 }));
  }

  outputSize(size: Size): Size {
    return size;
  }

  forward(x: Tensor4D): Tensor4D {
    return this.#conv.forward(x);
  }
}

const tinyHead = defineHead({
  name: 'conv1x1',
  description: 'One 1x1 convolution.',
  options: none,
  create: (_, { inChannels, outChannels }) => new TinyHead(inChannels, outChannels),
});

const tinyLoss = defineLoss({
  name: 'tiny-ce',
  description: 'Softmax cross entropy; "poison" makes it NaN.',
  options: z.strictObject({ poison: z.boolean().default(false) }),
  create: ({ poison }, { labels }) => ({
    activation: 'softmax',
    outChannels: (classes) => classes,
    forward: (logits, target) =>
      tf.tidy(() => {
        const oneHot = tf.oneHot(target.labels as tf.Tensor3D, labels.classes.length);
        const picked = tf.mul(tf.logSoftmax(logits), tf.cast(oneHot, 'float32'));
        const loss = tf.neg(tf.mean(tf.sum(picked, -1)));
        return (poison ? tf.mul(loss, Number.NaN) : loss) as tf.Scalar;
      }),
  }),
});

const accuracy = defineMetric({
  name: 'segmentation',
  description: 'Pixel accuracy.',
  options: none,
  create: () => {
    let right = 0;
    let total = 0;
    return {
      update: ({ confusion }) => {
        if (confusion === undefined) return;
        for (let k = 0; k < confusion.classes; k++) right += confusion.count(k, k);
        total += confusion.counts.reduce((sum, count) => sum + count, 0);
      },
      compute: () => ({ pixelAccuracy: right / total }),
      reset: () => {
        right = 0;
        total = 0;
      },
    };
  },
});

/** Bright pixels are class 1: one convolution learns it. */
function twoToneSample(index: number, size: number): Sample {
  const random = randomStream(1).fork(index);
  const data = Float32Array.from({ length: size * size }, () => random.uniform());
  const labels = Int32Array.from(data, (value) => (value > 0.5 ? 1 : 0));
  const raster = { height: size, width: size, channels: 1 };
  return {
    id: `two-tone-${String(index)}`,
    image: { ...raster, data },
    labels: { ...raster, data: labels },
  };
}

const twoTone = defineDataset({
  name: 'two-tone',
  description: 'Noise whose bright pixels are class 1.',
  options: z.strictObject({
    count: z.number().int().min(0).default(6),
    size: z.number().int().positive().default(8),
    channels: z.number().int().positive().default(1),
  }),
  create: ({ count, size, channels }) => ({
    length: count,
    channels,
    prepare: () => Promise.resolve(),
    load: (index) => Promise.resolve(twoToneSample(index, size)),
  }),
});

const shift = defineTransform({
  name: 'shift',
  description: 'Adds a random brightness to the image.',
  options: none,
  create: () => ({
    apply: (sample, random) => {
      const offset = 0.01 * random.normal();
      return {
        ...sample,
        image: { ...sample.image, data: sample.image.data.map((v) => v + offset) },
      };
    },
  }),
});

const testEngine = defineEngine({
  name: 'cpu',
  description: 'The backend of the tests.',
  options: none,
  create: () => ({ name: 'cpu', start: () => tf.ready() }),
});

/** Just enough components to train a network in milliseconds. */
export const tinyPlugins: readonly Plugin[] = [
  testEngine,
  twoTone,
  shift,
  tinyBackbone,
  identityCenter,
  lastDecoder,
  tinyHead,
  tinyLoss,
  accuracy,
  ...optimizers,
  ...schedules,
];

/** A callback plugin around a given callback. */
export function callbackPlugin(name: string, callback: Callback): Plugin {
  return defineCallback({ name, description: 'Of a test.', options: none, create: () => callback });
}

/** An app of the tiny plugins and whatever a test adds. */
export function tinyApp(...more: readonly Plugin[]): App {
  return createApp({ plugins: [...tinyPlugins, ...more], logger: silentLogger });
}

/** A config of the tiny plugins; its names are no declared ones, hence the loose type. */
export function tinyConfig(overrides: Record<string, unknown> = {}): never {
  const config = {
    data: {
      labels: { classes: ['dark', 'bright'] },
      train: 'two-tone',
      validation: { name: 'two-tone', count: 2 },
    },
    transforms: { train: ['shift'] },
    model: { backbone: 'tiny', decoder: 'last' },
    loss: 'tiny-ce',
    train: { steps: 4, batchSize: 2 },
    callbacks: [],
    ...overrides,
  };
  return config as never;
}
