import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

import { withGradient } from './custom-gradient.js';
import { sumPixels } from './pixel-sums.js';
import type { PixelTruth } from './valid-pixels.js';

/** Soft counts of pixels per class, each `[groups, classes]` float32; a group is an image or the whole batch. */
export interface OverlapSums {
  /** `sum(p * t)`: soft true positives. */
  readonly intersection: Tensor2D;
  /** `sum(p)` over counted pixels. */
  readonly predicted: Tensor2D;
  /** `sum(t)`. */
  readonly actual: Tensor2D;
}

/**
 * The sums that every overlap loss is made of.
 * @param predictions - `[batch, height, width, classes]` float32 probabilities.
 * @param perImage - One group per image, rather than one for the batch.
 */
export function overlapSums(
  predictions: Tensor4D,
  { truth, valid }: PixelTruth,
  perImage: boolean,
): OverlapSums {
  const sums = withGradient(
    predictions,
    [truth, valid],
    () => {
      const intersection = sumPixels(tf.mul(predictions, truth), perImage);
      const predicted = sumPixels(tf.mul(predictions, valid), perImage);
      return tf.stack([intersection, predicted]) as Tensor3D;
    },
    (dy, [t, counted]) => {
      const [, groups, classes] = dy.shape;
      const slope = (row: number): Tensor4D =>
        tf.reshape(tf.slice(dy, [row, 0, 0], [1, groups, classes]), [groups, 1, 1, classes]);
      return tf.add(tf.mul(t, slope(0)), tf.mul(counted, slope(1)));
    },
  );
  const [intersection, predicted] = tf.unstack(sums) as [Tensor2D, Tensor2D];
  return { intersection, predicted, actual: sumPixels(truth, perImage) };
}
