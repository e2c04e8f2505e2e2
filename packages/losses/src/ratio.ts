import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

import { stopGradient } from './custom-gradient.js';

/**
 * `numerator / denominator` elementwise, and `whenEmpty` with zero gradient where the denominator is 0: nothing was
 * counted there.
 * @param numerator - Float32, any shape.
 * @param denominator - Float32, the same shape.
 */
export function ratio<T extends Tensor>(numerator: T, denominator: T, whenEmpty: number): T {
  // tfjs knows no gradient of comparisons, not even the zero that `where` asks for.
  const empty = stopGradient(() => tf.equal(denominator, 0));
  const divisor = tf.where(empty, tf.onesLike(denominator), denominator);
  const otherwise = tf.fill(numerator.shape, whenEmpty) as T;
  return tf.where<T>(empty, otherwise, tf.div<T>(numerator, divisor));
}
