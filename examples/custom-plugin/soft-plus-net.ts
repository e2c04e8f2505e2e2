import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { Conv2d, defineBackbone, MaxPool2d, Module, type Backbone, type Size } from 'segkit';
import * as z from 'zod';

const options = z.strictObject({
  width: z.number().int().positive().default(16).describe('Channels of the finest map.'),
  levels: z.number().int().min(1).max(5).default(3).describe('How often the resolution is halved.'),
});

// Tells the editor and the compiler that `{ name: 'soft-plus-net', width: 8 }` is a backbone.
declare module '@segkit/core' {
  interface BackboneOptions {
    'soft-plus-net': z.input<typeof options>;
  }
}

/** One convolution and softplus per level; the channels double each time the resolution halves. */
class SoftPlusNet extends Module implements Backbone {
  readonly channels: readonly number[];
  readonly strides: readonly number[];
  readonly #convolutions: readonly Conv2d[];
  readonly #pool = new MaxPool2d({ kernelSize: 2 });

  constructor(inChannels: number, width: number, levels: number) {
    super();
    const widths = Array.from({ length: levels + 1 }, (_, level) => width * 2 ** level);
    this.channels = widths;
    this.strides = widths.map((_, level) => 2 ** level);
    this.#convolutions = widths.map((outChannels, level) => {
      const from = widths[level - 1] ?? inChannels;
      const layer = new Conv2d({ inChannels: from, outChannels, kernelSize: 3, padding: 1 });
      return this.child(`level${String(level)}`, layer);
    });
  }

  sizes(image: Size): readonly Size[] {
    const sizes = [image];
    while (sizes.length < this.channels.length) {
      sizes.push(this.#pool.outputSize(sizes.at(-1) ?? image));
    }
    return sizes;
  }

  forward(image: Tensor4D): Tensor4D[] {
    const features: Tensor4D[] = [];
    for (const convolution of this.#convolutions) {
      const previous = features.at(-1);
      const input = previous === undefined ? image : this.#pool.forward(previous);
      features.push(tf.softplus(convolution.forward(input)));
    }
    return features;
  }
}

/** The plugin: a plain value to be passed to `createApp({ plugins })`. */
export const softPlusNet = defineBackbone({
  name: 'soft-plus-net',
  description: 'One convolution and softplus per level.',
  options,
  create: ({ width, levels }, { inChannels }) => new SoftPlusNet(inChannels, width, levels),
});
