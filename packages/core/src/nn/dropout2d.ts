import type * as tf from '@tensorflow/tfjs-core';

import { dropOut, expectRate } from './dropout-mask.js';
import { Module, type Mode } from './module.js';

/** What a dropout is made of. */
export interface Dropout2dOptions {
  /** Share of the channels that are dropped, in [0, 1). */
  readonly rate: number;
}

/**
 * Zeroes whole channels of every sample with probability `rate` and scales the others by `1 / (1 - rate)`, in
 * training only, as PyTorch's `nn.Dropout2d`. The mask comes from the step's random stream.
 * @see https://arxiv.org/abs/1411.4280
 */
export class Dropout2d extends Module {
  readonly rate: number;

  /** @throws ConfigError if the rate is outside [0, 1). */
  constructor({ rate }: Dropout2dOptions) {
    super();
    expectRate('dropout2d', rate);
    this.rate = rate;
  }

  /**
   * @param x - `[batch, height, width, channels]` float32.
   * @returns The same shape.
   */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const { rate } = this;
    if (!mode.training || rate === 0) return x;
    const [batch, , , channels] = x.shape;
    return dropOut(x, [batch, 1, 1, channels], rate, mode.random);
  }
}
