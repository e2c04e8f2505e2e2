import * as tf from '@tensorflow/tfjs-core';

import { sameSize, type Size } from '../tensor/size.js';
import type { AxisResize } from './axis-resize.js';
import { resizeGradient } from './resize-gradient.js';

/** For every output pixel the input pixel it copies, in exact integer arithmetic. */
function sources(length: number, resized: number): number[] {
  return Array.from({ length: resized }, (_, i) => Math.floor((i * length) / resized));
}

/** Whether an engine that multiplies by a rounded scale, in float32 or float64, finds the same pixels. */
function survivesRounding(length: number, resized: number): boolean {
  const scale = length / resized;
  const rounded = Math.fround(scale);
  return sources(length, resized).every(
    (source, i) =>
      Math.floor(i * scale) === source && Math.floor(Math.fround(i * rounded)) === source,
  );
}

function resizeAxis(length: number, resized: number): AxisResize {
  return { length, rows: sources(length, resized).map((source) => [[source, 1]]) };
}

function pick(x: tf.Tensor4D, axis: 1 | 2, resized: number): tf.Tensor4D {
  return tf.gather(x, tf.tensor1d(sources(x.shape[axis], resized), 'int32'), axis);
}

/**
 * Nearest-neighbour resize, as PyTorch's `interpolate(mode='nearest')`: output pixel i is input pixel
 * `floor(i * input length / output length)`, exactly (PyTorch rounds the scale to float32 first, which at a few odd
 * sizes, such as 2 to 82, moves a pixel).
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[batch, size.height, size.width, channels]` float32.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export function resizeNearest(x: tf.Tensor4D, size: Size): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (sameSize(size, { height, width })) return x;
  const native = survivesRounding(height, size.height) && survivesRounding(width, size.width);
  const resize = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const [map] = inputs as [tf.Tensor4D];
    return {
      value: native
        ? tf.image.resizeNearestNeighbor(map, [size.height, size.width])
        : pick(pick(map, 1, size.height), 2, size.width),
      gradFunc: (dy: tf.Tensor4D) =>
        resizeGradient(dy, resizeAxis(height, size.height), resizeAxis(width, size.width)),
    };
  });
  return resize(x);
}
