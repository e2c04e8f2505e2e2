import * as tf from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';
import { formatSize, sameSize, type Size } from '../tensor/size.js';

/**
 * Cuts the middle out of a map: `floor(surplus / 2)` rows go at the top, the rest at the bottom; columns likewise.
 * @param x - `[batch, height, width, channels]`.
 * @returns `[batch, size.height, size.width, channels]`.
 * @throws ShapeError if the map is smaller than `size`.
 */
export function centerCrop(x: tf.Tensor4D, size: Size): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (sameSize(size, { height, width })) return x;
  if (size.height > height || size.width > width) {
    throw new ShapeError(
      `centerCrop: input must be at least ${formatSize(size)}, received ${formatSize({ height, width })}; ` +
        'pad or resize it instead.',
    );
  }
  const top = Math.floor((height - size.height) / 2);
  const left = Math.floor((width - size.width) / 2);
  return tf.slice4d(x, [0, top, left, 0], [batch, size.height, size.width, channels]);
}
