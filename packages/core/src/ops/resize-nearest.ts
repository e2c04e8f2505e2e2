import * as tf from '@tensorflow/tfjs-core';

import { sameSize, type Size } from '../tensor/size.js';
import type { AxisResize } from './axis-resize.js';
import { resizeGradient } from './resize-gradient.js';

function nearestAxis(length: number, resized: number): AxisResize {
  const source = (i: number): number => Math.min(Math.floor((i * length) / resized), length - 1);
  return { length, rows: Array.from({ length: resized }, (_, i) => [[source(i), 1]]) };
}

/**
 * Nearest-neighbour resize, as PyTorch's `interpolate(mode='nearest')`: output pixel i is input pixel
 * `floor(i * input length / output length)`.
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[batch, size.height, size.width, channels]` float32.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export function resizeNearest(x: tf.Tensor4D, size: Size): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (sameSize(size, { height, width })) return x;
  const resize = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const [map] = inputs as [tf.Tensor4D];
    return {
      value: tf.image.resizeNearestNeighbor(map, [size.height, size.width]),
      gradFunc: (dy: tf.Tensor4D) =>
        resizeGradient(dy, nearestAxis(height, size.height), nearestAxis(width, size.width)),
    };
  });
  return resize(x);
}
