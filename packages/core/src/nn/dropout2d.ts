import * as tf from '@tensorflow/tfjs-core';

import { ConfigError } from '../errors.js';
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
    if (!(rate >= 0 && rate < 1)) {
      throw new ConfigError(`dropout2d: rate must be in [0, 1), received ${String(rate)}.`);
    }
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
    const mask = new Float32Array(batch * channels);
    for (let i = 0; i < mask.length; i++) {
      mask[i] = mode.random.uniform() < rate ? 0 : 1 / (1 - rate);
    }
    return tf.tidy(() => tf.mul(x, tf.tensor4d(mask, [batch, 1, 1, channels])));
  }
}
