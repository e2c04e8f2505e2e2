import * as tf from '@tensorflow/tfjs-core';

import { padSpace } from './pad-for-window.js';
import { windowedSize } from './windowed-size.js';

/** How a pooling window moves. */
export interface MaxPool2dOptions {
  /** Height and width of the window, in pixels. */
  readonly kernelSize: number;
  /** Step of the window, in pixels. Default `kernelSize`. */
  readonly stride?: number;
  /** Rows and columns, lower than any number, added on every side; at most half of `kernelSize`. Default 0. */
  readonly padding?: number;
}

/** The lowest float32; not every engine's shaders can write minus infinity. */
const lowest = -3.4028234663852886e38;

/**
 * Largest value of every window, as PyTorch's `max_pool2d`: output length
 * `floor((n + 2 * padding - kernelSize) / stride) + 1`. Padding never wins, also among negative numbers.
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[batch, height', width', channels]` float32.
 * @throws ShapeError if the padded map is smaller than the window.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
 */
export function maxPool2d(
  x: tf.Tensor4D,
  { kernelSize, stride = kernelSize, padding = 0 }: MaxPool2dOptions,
): tf.Tensor4D {
  const kernel = { height: kernelSize, width: kernelSize };
  const window = { kernel, stride, padding, dilation: 1 };
  windowedSize({ height: x.shape[1], width: x.shape[2] }, window, 'maxPool2d');
  return tf.tidy(() => {
    const padded = padding === 0 ? x : padSpace(x, padding, lowest);
    return tf.maxPool(padded, kernelSize, stride, 'valid');
  });
}
