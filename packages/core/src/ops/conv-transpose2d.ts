import * as tf from '@tensorflow/tfjs-core';

import { expectShape } from '../tensor/expect-shape.js';

/** How a transposed convolution spreads its input. */
export interface ConvTranspose2dOptions {
  /** Distance between the windows that two neighbouring pixels are spread to, in pixels. Default 1. */
  readonly stride?: number;
  /** Rows and columns cut off on every side of the full result. Default 0. */
  readonly padding?: number;
  /** Rows and columns cut off less at the bottom and the right. Default 0. */
  readonly outputPadding?: number;
}

/**
 * Transposed convolution without bias, as PyTorch's `conv_transpose2d`: output length
 * `(n - 1) * stride - 2 * padding + k + outputPadding`.
 * @param x - `[batch, height, width, inChannels]` float32.
 * @param filter - `[kernelHeight, kernelWidth, outChannels, inChannels]` float32.
 * @returns `[batch, height', width', outChannels]` float32.
 * @throws ShapeError if the channels differ or nothing is left after cutting.
 */
export function convTranspose2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride = 1, padding = 0, outputPadding = 0 }: ConvTranspose2dOptions = {},
): tf.Tensor4D {
  const [kernelHeight, kernelWidth, outChannels, inChannels] = filter.shape;
  expectShape(x, [null, null, null, inChannels], 'convTranspose2d: input');
  const [batch, height, width] = x.shape;
  const fullHeight = (height - 1) * stride + kernelHeight;
  const fullWidth = (width - 1) * stride + kernelWidth;
  const full = tf.conv2dTranspose(
    x,
    filter,
    [batch, fullHeight, fullWidth, outChannels],
    stride,
    'valid',
  );
  if (padding === 0 && outputPadding === 0) return full;
  const extra = Math.max(0, outputPadding - padding);
  const grown = extra === 0 ? full : tf.pad4d(full, [[0, 0], [0, extra], [0, extra], [0, 0]]);
  return tf.slice4d(
    grown,
    [0, padding, padding, 0],
    [
      batch,
      fullHeight - 2 * padding + outputPadding,
      fullWidth - 2 * padding + outputPadding,
      outChannels,
    ],
  );
}
