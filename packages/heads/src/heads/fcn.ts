import {
  bilinearKernel,
  ConfigError,
  ConvTranspose2d,
  defineHead,
  mapSize,
  Module,
  zeros,
  type Head,
  type Size,
} from '@segkit/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({
  factor: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe("How much the scores are enlarged; null: to the image's size."),
  bias: z.boolean().default(false).describe('Whether a bias is added, from zero.'),
});

/** Options of the `fcn` head. */
export type FcnHeadOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface HeadOptions {
    fcn: FcnHeadOptions;
  }
}

class FcnHead extends Module implements Head {
  readonly upscale: number;
  readonly #conv: ConvTranspose2d;

  constructor(channels: number, factor: number, bias: boolean) {
    super();
    this.upscale = factor;
    this.#conv = this.child(
      'conv',
      new ConvTranspose2d({
        inChannels: channels,
        outChannels: channels,
        // The window over which bilinear interpolation by this factor draws, and the padding that makes the size exact.
        kernelSize: 2 * factor - (factor % 2),
        stride: factor,
        padding: Math.floor(factor / 2),
        bias,
        weightInitializer: bilinearKernel(),
        biasInitializer: zeros(),
      }),
    );
  }

  outputSize(input: Size): Size {
    return mapSize(input, (length) => this.upscale * length);
  }

  forward(x: Tensor4D): Tensor4D {
    return this.#conv.forward(x);
  }
}

/**
 * FCN's last layer: enlarges score maps, which the decoder has made, by one transposed convolution (kernel
 * `2 * factor`, stride `factor`, padding `factor / 2`) that starts as bilinear interpolation and is learned.
 * @see https://arxiv.org/abs/1411.4038
 */
export const fcnHead = defineHead({
  name: 'fcn',
  description: 'Enlarges score maps to the image by a bilinear-initialised transposed convolution.',
  source: 'https://arxiv.org/abs/1411.4038',
  options,
  create: ({ factor, bias }, { inChannels, outChannels, stride, path }) => {
    if (inChannels !== outChannels) {
      throw new ConfigError(
        `${path} (fcn): enlarges scores of ${String(outChannels)} classes, received ${String(inChannels)} channels; ` +
          'use the decoder "fcn", or the head "conv1x1".',
      );
    }
    return new FcnHead(outChannels, factor ?? stride, bias);
  },
});
