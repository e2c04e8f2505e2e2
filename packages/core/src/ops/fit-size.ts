import * as tf from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';
import { formatSize, type Size } from '../tensor/size.js';

/**
 * Cuts the middle out of a map; an odd surplus loses its extra row or column at the end.
 * @param x - `[batch, height, width, channels]`.
 * @returns `[batch, size.height, size.width, channels]`.
 * @throws ShapeError if the map is smaller than `size`.
 */
export function centerCrop(x: tf.Tensor4D, size: Size): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (size.height > height || size.width > width) {
    throw new ShapeError(
      `centerCrop: input must be at least ${formatSize(size)}, received ${formatSize({ height, width })}; ` +
        'pad it instead.',
    );
  }
  if (size.height === height && size.width === width) return x;
  const top = Math.floor((height - size.height) / 2);
  const left = Math.floor((width - size.width) / 2);
  return tf.slice4d(x, [0, top, left, 0], [batch, size.height, size.width, channels]);
}

/**
 * Surrounds a map with zeros; an odd shortfall gets its extra row or column at the end.
 * @param x - `[batch, height, width, channels]`.
 * @returns `[batch, size.height, size.width, channels]`.
 * @throws ShapeError if the map is larger than `size`.
 */
export function padToSize(x: tf.Tensor4D, size: Size): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (size.height < height || size.width < width) {
    throw new ShapeError(
      `padToSize: input must be at most ${formatSize(size)}, received ${formatSize({ height, width })}; ` +
        'crop it instead.',
    );
  }
  if (size.height === height && size.width === width) return x;
  const top = Math.floor((size.height - height) / 2);
  const left = Math.floor((size.width - width) / 2);
  return tf.pad4d(x, [
    [0, 0],
    [top, size.height - height - top],
    [left, size.width - width - left],
    [0, 0],
  ]);
}
