import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

import { stopGradient } from './custom-gradient.js';

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
  const union = tf.add<Tensor2D>(total, tf.cumsum(tf.sub(1, sorted), 1));
  const asForeground = tf.div<Tensor2D>(tf.onesLike(union), union);
  const asBackground = tf.div<Tensor2D>(inter, tf.mul(union, tf.maximum(tf.sub(union, 1), 1)));
  // Without any foreground the very first error takes the loss from 0 to 1: the union is 1 there.
  const whole = tf.logicalOr(tf.greater(sorted, 0.5), tf.lessEqual(union, 1));
  return tf.where(whole, asForeground, asBackground);
}

/** The steps of every pixel in the pixels' own order; 0 at ignored pixels. */
function stepsInPlace(errors: Tensor2D, foreground: Tensor2D, valid: Tensor2D): Tensor2D {
  const [rows, pixels] = errors.shape;
  // Ignored pixels go last, where they shift nobody's step.
  const { indices } = tf.topk(tf.sub<Tensor2D>(errors, tf.sub(1, valid)), pixels);
  const offsets = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(pixels, 'int32'));
  const order = tf.reshape(tf.add(indices, tf.reshape(offsets, [rows, 1])), [rows * pixels]);
  const sorted = tf.gather(tf.reshape(foreground, [rows * pixels]), order);
  const steps = jaccardSteps(tf.reshape(sorted, [rows, pixels]));
  const flat = tf.reshape(steps, [rows * pixels]);
  const inPlace = tf.scatterND(tf.reshape(order, [rows * pixels, 1]), flat, [rows * pixels]);
  return tf.mul(tf.reshape(inPlace, [rows, pixels]), valid);
}

/**
 * Lovasz extension of the Jaccard loss: `sum_i errors_i * step_i`, where the steps depend on the order of the errors
 * alone, so they are its gradient.
 * @param errors - `[rows, pixels]` float32 in [0, 1]; ignored pixels must be 0.
 * @param foreground - `[rows, pixels]` float32 0/1; ignored pixels must be 0.
 * @param valid - `[rows, pixels]` float32 0/1: which pixels count.
 * @returns `[rows]` float32.
 * @see https://arxiv.org/abs/1705.08790
 */
export function lovaszExtension(errors: Tensor2D, foreground: Tensor2D, valid: Tensor2D): Tensor1D {
  const steps = stopGradient(() => stepsInPlace(errors, foreground, valid));
  return tf.sum(tf.mul(errors, steps), 1);
}
