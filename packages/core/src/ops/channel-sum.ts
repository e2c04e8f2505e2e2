import * as tf from '@tensorflow/tfjs-core';

/**
 * Sum over all rows, as a matrix product, which engines do faster than a reduction of the leading axes.
 * @param x - `[rows, channels]` float32.
 * @returns `[1, channels]` float32.
 */
export function channelSum(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.matMul(tf.ones<tf.Rank.R2>([1, x.shape[0]]), x));
}
