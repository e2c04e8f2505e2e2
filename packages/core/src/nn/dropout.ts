import type * as tf from '@tensorflow/tfjs-core';

import { dropOut, expectRate } from './dropout-mask.js';
import { Module, type Mode } from './module.js';

/** What a dropout is made of. */
export interface DropoutOptions {
  /** Share of the values that are dropped, in [0, 1). */
  readonly rate: number;
}

/**
 * Zeroes every value by itself with probability `rate` and scales the others by `1 / (1 - rate)`, in training only, as
 * PyTorch's `nn.Dropout`. The mask comes from the step's random stream.
 * @see https://jmlr.org/papers/v15/srivastava14a.html
 */
export class Dropout extends Module {
  readonly rate: number;

  /** @throws ConfigError if the rate is outside [0, 1). */
  constructor({ rate }: DropoutOptions) {
    super();
    expectRate('dropout', rate);
    this.rate = rate;
  }

  /**
   * @param x - `[batch, height, width, channels]` float32.
   * @returns The same shape.
   */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const { rate } = this;
    if (!mode.training || rate === 0) return x;
    return dropOut(x, x.shape, rate, mode.random);
  }
}
