import * as tf from '@tensorflow/tfjs-core';

import { sameSize, type Size } from '../tensor/size.js';
import type { AxisResize, Taps } from './axis-resize.js';
import { resizeGradient } from './resize-gradient.js';

/** How the pixel grids of input and output lie on each other. */
export interface ResizeBilinearOptions {
  /**
   * `true`: the centres of the corner pixels coincide. `false`: the outer edges of the maps do (half-pixel centres).
   * Default `false`, as in PyTorch.
   */
  readonly alignCorners?: boolean;
}

function bilinearAxis(length: number, resized: number, alignCorners: boolean): AxisResize {
  const source = (i: number): number => {
    if (!alignCorners) return Math.max(0, ((i + 0.5) * length) / resized - 0.5);
    return resized === 1 ? 0 : (i * (length - 1)) / (resized - 1);
  };
  const rows = Array.from({ length: resized }, (_, i): Taps => {
    const low = Math.min(Math.floor(source(i)), length - 1);
    const high = Math.min(low + 1, length - 1);
    const weight = source(i) - low;
    return [
      [low, 1 - weight],
      [high, weight],
    ];
  });
  return { length, rows };
}

/**
 * Bilinear resize without antialiasing, as PyTorch's `interpolate(mode='bilinear')`. Its gradient is exact, while
 * that of tfjs's own op is wrong for half-pixel centres.
 * @param x - `[batch, height, width, channels]` float32.
 * @returns `[batch, size.height, size.width, channels]` float32.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export function resizeBilinear(
  x: tf.Tensor4D,
  size: Size,
  { alignCorners = false }: ResizeBilinearOptions = {},
): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (sameSize(size, { height, width })) return x;
  const resize = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const [map] = inputs as [tf.Tensor4D];
    return {
      value: tf.image.resizeBilinear(map, [size.height, size.width], alignCorners, !alignCorners),
      gradFunc: (dy: tf.Tensor4D) =>
        resizeGradient(
          dy,
          bilinearAxis(height, size.height, alignCorners),
          bilinearAxis(width, size.width, alignCorners),
        ),
    };
  });
  return resize(x);
}
