import type * as tf from '@tensorflow/tfjs-core';

import type { Size } from '../tensor/size.js';
import { resample, type AxisMap } from './resample.js';

function nearestMap(length: number, outLength: number): AxisMap {
  const rows = Array.from(
    { length: outLength },
    (_, i) => [[Math.min(Math.floor((i * length) / outLength), length - 1), 1]] as const,
  );
  return { length, rows };
}

/**
 * Nearest-neighbour resize as PyTorch's `interpolate(mode='nearest')`: `source = floor(target * in / out)`.
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[batch, size.height, size.width, channels]` float32.
 */
export function resizeNearest(x: tf.Tensor4D, size: Size): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (height === size.height && width === size.width) return x;
  return resample(x, nearestMap(height, size.height), nearestMap(width, size.width));
}
