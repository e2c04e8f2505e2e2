import * as tf from '@tensorflow/tfjs-core';

/** How a pooling window moves. */
export interface MaxPool2dOptions {
  /** Height and width of the window, in pixels. */
  readonly kernelSize: number;
  /** Step of the window, in pixels. Default `kernelSize`. */
  readonly stride?: number;
  /** Rows and columns of minus infinity added on every side. Default 0. */
  readonly padding?: number;
}

// The lowest float32; shader languages have no literal for minus infinity.
const lowest = -3.4028234663852886e38;

/**
 * Largest value of every window, as PyTorch's `max_pool2d`: output length
 * `floor((n + 2 * padding - kernelSize) / stride) + 1`.
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[batch, height', width', channels]` float32.
 */
export function maxPool2d(
  x: tf.Tensor4D,
  { kernelSize, stride = kernelSize, padding = 0 }: MaxPool2dOptions,
): tf.Tensor4D {
  const padded =
    padding === 0
      ? x
      : tf.pad4d(x, [[0, 0], [padding, padding], [padding, padding], [0, 0]], lowest);
  return tf.maxPool(padded, kernelSize, stride, 'valid');
}
