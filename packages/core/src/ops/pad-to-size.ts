import * as tf from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';
import { formatSize, sameSize, type Size } from '../tensor/size.js';

/**
 * Surrounds a map with zeros: `floor(shortfall / 2)` rows at the top, the rest at the bottom; columns likewise.
 * @param x - `[batch, height, width, channels]`.
 * @returns `[batch, size.height, size.width, channels]`.
 * @throws ShapeError if the map is larger than `size`.
 */
export function padToSize(x: tf.Tensor4D, size: Size): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (sameSize(size, { height, width })) return x;
  const rows = size.height - height;
  const columns = size.width - width;
  if (rows < 0 || columns < 0) {
    throw new ShapeError(
      `padToSize: input must be at most ${formatSize(size)}, received ${formatSize({ height, width })}; ` +
        'crop or resize it instead.',
    );
  }
  const top = Math.floor(rows / 2);
  const left = Math.floor(columns / 2);
  return tf.pad4d(x, [
    [0, 0],
    [top, rows - top],
    [left, columns - left],
    [0, 0],
  ]);
}
