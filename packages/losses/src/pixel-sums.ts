import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

// Sums go axis by axis: one long float32 sum over a large batch would lose digits on engines that add in order.

/**
 * Sum over all pixels, per class.
 * @param x - `[batch, height, width, classes]` float32.
 * @param perImage - Whether every image gets a row of its own.
 * @returns `[batch, classes]` per image, else `[1, classes]`.
 */
export function sumPixels(x: Tensor4D, perImage: boolean): Tensor2D {
  const images = tf.sum<Tensor2D>(tf.sum(x, 2), 1);
  return perImage ? images : tf.sum<Tensor2D>(images, 0, true);
}

/** Sum over everything, as a scalar. */
export function sumAll(x: Tensor): Scalar {
  let rest = x;
  while (rest.rank > 0) rest = tf.sum(rest, rest.rank - 1);
  return rest as Scalar;
}
