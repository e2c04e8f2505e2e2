import * as tf from '@tensorflow/tfjs-core';

import { axisResizeGradient, type AxisResize } from './axis-resize.js';

/**
 * Carries a gradient back through a resize of height and width.
 * @param dy - `[batch, resized height, resized width, channels]` float32.
 * @returns `[batch, height, width, channels]` float32.
 */
export function resizeGradient(
  dy: tf.Tensor4D,
  vertical: AxisResize,
  horizontal: AxisResize,
): tf.Tensor4D {
  const [batch, height, width, channels] = dy.shape;
  return tf.tidy(() => {
    const rows = tf.reshape<tf.Rank.R3>(dy, [batch, height, width * channels]);
    const low = axisResizeGradient(rows, vertical);
    const columns = tf.reshape<tf.Rank.R3>(low, [batch * vertical.length, width, channels]);
    return tf.reshape(axisResizeGradient(columns, horizontal), [
      batch,
      vertical.length,
      horizontal.length,
      channels,
    ]);
  });
}
