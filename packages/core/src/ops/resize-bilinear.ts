import type * as tf from '@tensorflow/tfjs-core';

import type { Size } from '../tensor/size.js';
import { resample, type AxisMap, type Taps } from './resample.js';

/** How the grids of input and output lie on each other. */
export interface ResizeBilinearOptions {
  /**
   * `true`: the corner pixels' centres coincide. `false`: the corners of the corner pixels do (half-pixel centres).
   * Default `false`, as in PyTorch.
   */
  readonly alignCorners?: boolean;
}

function bilinearMap(length: number, outLength: number, alignCorners: boolean): AxisMap {
  const scale = alignCorners
    ? outLength > 1
      ? (length - 1) / (outLength - 1)
      : 0
    : length / outLength;
  const rows = Array.from({ length: outLength }, (_, i): Taps => {
    const source = alignCorners ? i * scale : Math.max(0, (i + 0.5) * scale - 0.5);
    const low = Math.min(Math.floor(source), length - 1);
    const high = Math.min(low + 1, length - 1);
    const weight = high === low ? 0 : source - low;
    return [
      [low, 1 - weight],
      [high, weight],
    ];
  });
  return { length, rows };
}

/**
 * Bilinear resize without antialiasing, as PyTorch's `interpolate(mode='bilinear')`, with the exact gradient.
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[batch, size.height, size.width, channels]` float32.
 */
export function resizeBilinear(
  x: tf.Tensor4D,
  size: Size,
  { alignCorners = false }: ResizeBilinearOptions = {},
): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (height === size.height && width === size.width) return x;
  return resample(
    x,
    bilinearMap(height, size.height, alignCorners),
    bilinearMap(width, size.width, alignCorners),
  );
}
