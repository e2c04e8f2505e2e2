import * as tf from '@tensorflow/tfjs-core';

import { ConfigError } from '../errors.js';
import type { RandomStream } from '../tensor/random-stream.js';

/**
 * Checks a dropout's rate.
 * @param layer - Opens the message.
 * @throws ConfigError if the rate is outside [0, 1).
 */
export function expectRate(layer: string, rate: number): void {
  if (rate >= 0 && rate < 1) return;
  throw new ConfigError(`${layer}: rate must be in [0, 1), received ${String(rate)}.`);
}

/** `x` times a mask of this shape, each of whose numbers is 0 with probability `rate` and `1 / (1 - rate)` otherwise. */
export function dropOut(
  x: tf.Tensor4D,
  shape: [number, number, number, number],
  rate: number,
  random: RandomStream,
): tf.Tensor4D {
  const mask = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < mask.length; i++) mask[i] = random.uniform() < rate ? 0 : 1 / (1 - rate);
  return tf.tidy(() => tf.mul(x, tf.tensor4d(mask, shape)));
}
