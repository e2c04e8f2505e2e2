import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

import { withGradient } from './custom-gradient.js';

/**
 * By how much the Jaccard loss grows when sorted pixels become errors one by one:
 * with `inter` foreground pixels left and `union` pixels in the union after a pixel, that pixel adds `1 / union` if it
 * is foreground and `inter / (union * (union - 1))` if not. These differences are exact where `J[i] - J[i - 1]` in
 * float32 is mostly rounding.
 * @param sorted - `[rows, pixels]` float32 0/1 foreground, in the order of falling errors.
 */
function jaccardSteps(sorted: Tensor2D): Tensor2D {
  const total = tf.sum(sorted, 1, true);
  const inter = tf.sub(total, tf.cumsum(sorted, 1));
  const union = tf.add(total, tf.cumsum(tf.sub(1, sorted), 1));
  const asForeground = tf.div<Tensor2D>(1, union);
  const asBackground = tf.div(inter, tf.mul(union, tf.maximum(tf.sub(union, 1), 1)));
  // Without any foreground the very first error takes the loss from 0 to 1: the union is 1 there.
  const first = tf.logicalOr(tf.greater(sorted, 0.5), tf.lessEqual(union, 1));
  return tf.where(first, asForeground, asBackground as Tensor2D);
}

/**
 * Lovasz extension of the Jaccard loss, `sum_i errors[sorted i] * step_i`; its gradient is the steps, taken back to the
 * pixels' own order.
 * @param errors - `[rows, pixels]` float32 in [0, 1]; ignored pixels must be 0.
 * @param foreground - `[rows, pixels]` float32 0/1; ignored pixels must be 0.
 * @param valid - `[rows, pixels]` float32 0/1: which pixels count.
 * @returns `[rows]` float32.
 * @see https://arxiv.org/abs/1705.08790
 */
export function lovaszExtension(errors: Tensor2D, foreground: Tensor2D, valid: Tensor2D): Tensor1D {
  return withGradient(
    errors,
    () => {
      const [rows, pixels] = errors.shape;
      // Ignored pixels go last, where they shift nobody's step.
      const keys = tf.sub(errors, tf.sub(1, valid));
      const { indices } = tf.topk(keys, pixels);
      const offsets = tf.range(0, rows * pixels, pixels, 'int32');
      const order = tf.reshape(tf.add(indices, tf.reshape(offsets, [rows, 1])), [-1]);
      const sorted = tf.gather(tf.reshape(foreground, [-1]), order as Tensor1D);
      const steps = tf.reshape(jaccardSteps(tf.reshape(sorted, [rows, pixels])), [-1]);
      const ownOrder = tf.scatterND(tf.reshape(order, [-1, 1]), steps, [rows * pixels]);
      const gradient = tf.mul(tf.reshape(ownOrder, [rows, pixels]), valid);
      return { value: tf.sum<Tensor1D>(tf.mul(errors, gradient), 1), saved: [gradient] };
    },
    (dy: Tensor1D, [gradient]) => tf.mul(gradient, tf.reshape(dy, [-1, 1])),
  );
}
