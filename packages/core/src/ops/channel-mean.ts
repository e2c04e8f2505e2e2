import * as tf from '@tensorflow/tfjs-core';

import { runEngineKernel } from './engine-kernel.js';

/**
 * Mean over batch, height and width, by average pooling: first along the rows, then over all of them. Every engine
 * pools in one pass over the map, while most transpose it first to reduce leading axes; and the short sums keep
 * float32 rounding small.
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[channels]` float32. Not to be differentiated.
 */
export function channelMean(x: tf.Tensor4D): tf.Tensor1D {
  const [batch, height, width, channels] = x.shape;
  return tf.tidy(() => {
    const rows = width === 1 ? x : tf.avgPool(x, [1, width], 1, 'valid');
    const flat = tf.reshape<tf.Rank.R4>(rows, [1, batch * height, 1, channels]);
    const mean = batch * height === 1 ? flat : tf.avgPool(flat, [batch * height, 1], 1, 'valid');
    return tf.reshape<tf.Rank.R1>(mean, [channels]);
  });
}

/**
 * Sum over batch, height and width.
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[channels]` float32. Not to be differentiated.
 */
export function channelSum(x: tf.Tensor4D): tf.Tensor1D {
  const fused = runEngineKernel('ChannelSum', { x })?.[0];
  if (fused !== undefined) return fused as tf.Tensor1D;
  return tf.tidy(() => tf.mul<tf.Tensor1D>(channelMean(x), x.size / x.shape[3]));
}
