import {
  Conv2d,
  defineHead,
  initializersNamed,
  initializerOption,
  Module,
  type Head,
  type HeadArguments,
  type ConvInitializers,
  type Size,
} from '@segkit/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({ initializer: initializerOption.default('torch') });

/** Options of the `conv1x1` head. */
export type Conv1x1HeadOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface HeadOptions {
    conv1x1: Conv1x1HeadOptions;
  }
}

class Conv1x1Head extends Module implements Head {
  readonly upscale = 1;
  readonly #conv: Conv2d;

  constructor({ inChannels, outChannels }: HeadArguments, initializers: ConvInitializers) {
    super();
    this.#conv = this.child(
      'conv',
      new Conv2d({ inChannels, outChannels, kernelSize: 1, ...initializers }),
    );
  }

  outputSize(input: Size): Size {
    return input;
  }

  forward(x: Tensor4D): Tensor4D {
    return this.#conv.forward(x);
  }
}

/**
 * One biased 1x1 convolution to the logits.
 * @see https://arxiv.org/abs/1505.04597
 */
export const conv1x1Head = defineHead({
  name: 'conv1x1',
  description: 'One 1x1 convolution to the logits (U-Net).',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: ({ initializer }, context) => new Conv1x1Head(context, initializersNamed(initializer)),
});
