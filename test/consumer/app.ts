// A stranger's program: three plugins of its own, typed by declaration merging, trained with first-party parts.
// `consumer.test.ts` installs the packed packages into an empty folder, compiles this with `tsc --strict` and runs it.
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import {
  Conv2d,
  createApp,
  defineBackbone,
  defineConfig,
  defineLoss,
  defineUpsampler,
  firstParty,
  Module,
  type Backbone,
  type Size,
  type Upsampler,
} from 'segkit';
import { z } from 'zod';

const tinyOptions = z.strictObject({ width: z.number().int().positive().default(4) });
const repeatOptions = z.strictObject({ gain: z.number().default(1) });
const hingeOptions = z.strictObject({ margin: z.number().positive().default(1) });

declare module 'segkit' {
  interface BackboneOptions {
    'tiny-net': z.input<typeof tinyOptions>;
  }
  interface UpsamplerOptions {
    repeat: z.input<typeof repeatOptions>;
  }
  interface LossOptions {
    hinge: z.input<typeof hingeOptions>;
  }
}

class TinyNet extends Module implements Backbone {
  readonly channels: readonly number[];
  readonly strides = [1, 2];
  readonly #fine: Conv2d;
  readonly #coarse: Conv2d;

  constructor(inChannels: number, width: number) {
    super();
    this.channels = [width, 2 * width];
    this.#fine = this.child(
      'fine',
      new Conv2d({ inChannels, outChannels: width, kernelSize: 3, padding: 1 }),
    );
    this.#coarse = this.child(
      'coarse',
      new Conv2d({ inChannels: width, outChannels: 2 * width, kernelSize: 2, stride: 2 }),
    );
  }

  sizes(image: Size): readonly Size[] {
    return [image, this.#coarse.outputSize(image)];
  }

  forward(image: Tensor4D): Tensor4D[] {
    const fine = tf.relu(this.#fine.forward(image));
    return [fine, tf.relu(this.#coarse.forward(fine))];
  }
}

const tinyNet = defineBackbone({
  name: 'tiny-net',
  description: 'Two convolutions.',
  options: tinyOptions,
  create: ({ width }, { inChannels }) => new TinyNet(inChannels, width),
});

class Repeat extends Module implements Upsampler {
  readonly outChannels: number;
  readonly #gain: number;

  constructor(channels: number, gain: number) {
    super();
    this.outChannels = channels;
    this.#gain = gain;
  }

  outputSize({ height, width }: Size): Size {
    return { height: 2 * height, width: 2 * width };
  }

  forward(x: Tensor4D): Tensor4D {
    const [, height, width] = x.shape;
    return tf.mul(tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]), this.#gain);
  }
}

const repeat = defineUpsampler({
  name: 'repeat',
  description: 'Repeats every pixel.',
  options: repeatOptions,
  create: ({ gain }, { inChannels }) => new Repeat(inChannels, gain),
});

const hinge = defineLoss({
  name: 'hinge',
  description: 'Binary hinge loss: mean of max(0, margin - y * logit) with y = -1 or 1.',
  options: hingeOptions,
  create: ({ margin }) => ({
    activation: 'sigmoid',
    outChannels: () => 1,
    forward: (logits, { labels }) => {
      if (labels === undefined) throw new Error('hinge needs labels');
      const sign = tf.expandDims(tf.sub(tf.mul(tf.cast(labels, 'float32'), 2), 1), -1);
      return tf.mean<Scalar>(tf.relu(tf.sub(margin, tf.mul(sign, logits))));
    },
  }),
});

const cells = { name: 'synthetic-cells', count: 4, size: 32 } as const;

const config = defineConfig({
  data: {
    labels: { classes: ['background', 'cell'] },
    train: { ...cells, seed: 1 },
    validation: { ...cells, seed: 2 },
  },
  model: {
    backbone: { name: 'tiny-net', width: 6 },
    decoder: { name: 'unet', upsampler: { name: 'repeat', gain: 0.5 }, merge: 'concat' },
  },
  loss: { name: 'hinge', margin: 2 },
  optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.9 },
  schedule: 'poly',
  train: { steps: 2, batchSize: 2 },
  callbacks: [],
});

export const typeErrors = [
  // @ts-expect-error -- a typo in a name
  defineConfig({ ...config, loss: 'hinged' }),
  // @ts-expect-error -- an option of the wrong type
  defineConfig({ ...config, loss: { name: 'hinge', margin: 'wide' } }),
  // @ts-expect-error -- a typo in a name that core itself declares
  defineConfig({ ...config, optimizer: 'adamm' }),
  // @ts-expect-error -- an option that belongs to another component
  defineConfig({ ...config, model: { ...config.model, backbone: { name: 'tiny-net', gain: 2 } } }),
];

const app = createApp({ plugins: [...firstParty, tinyNet, repeat, hinge] });
app.fit(config).subscribe({
  next: (event) => {
    if (event.type === 'step') console.log(`step ${event.step} loss ${event.loss}`);
    if (event.type === 'validation') console.log(`meanIoU ${event.metrics['meanIoU']}`);
    if (event.type === 'run-start') console.log(`engine ${event.engine}`);
  },
  error: (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
  complete: () => {
    console.log('done');
  },
});
