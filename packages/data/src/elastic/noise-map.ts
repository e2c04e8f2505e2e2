import type { RandomStream, Size } from '@segkit/core';

import { gaussianBlur } from '../rasters/gaussian-blur.js';
import type { SourceMap } from '../warp/source-map.js';

/**
 * The map of one displacement per pixel, blurred and scaled: pixel (y, x) shows what lay at `(y + dy, x + dx)`, where
 * `(dy, dx) = alpha * gaussian(sigma) * noise`.
 * @param dy - Noise for the rows, row-major.
 * @param dx - Noise for the columns.
 * @param alpha - Pixels for one unit of blurred noise.
 * @param sigma - Standard deviation of the blur in pixels; it is cut off at 3 sigma, and border pixels are repeated.
 * @see https://doi.org/10.1109/ICDAR.2003.1227801
 */
export function noiseMap(
  dy: Float32Array,
  dx: Float32Array,
  { height, width }: Size,
  { alpha, sigma }: { readonly alpha: number; readonly sigma: number },
): SourceMap {
  const smooth = (data: Float32Array): Float32Array =>
    gaussianBlur({ height, width, channels: 1, data }, sigma).data;
  const down = smooth(dy);
  const across = smooth(dx);
  return {
    height,
    width,
    locate(y, rows, columns) {
      const start = y * width;
      for (let x = 0; x < width; x++) {
        rows[x] = y + alpha * (down[start + x] as number);
        columns[x] = x + alpha * (across[start + x] as number);
      }
    },
  };
}

/** The map of random displacements, each uniform in [-1, 1] before it is blurred and scaled. */
export function randomNoiseMap(
  size: Size,
  options: { readonly alpha: number; readonly sigma: number },
  random: RandomStream,
): SourceMap {
  const draw = (): Float32Array => {
    const noise = new Float32Array(size.height * size.width);
    for (let i = 0; i < noise.length; i++) noise[i] = 2 * random.uniform() - 1;
    return noise;
  };
  return noiseMap(draw(), draw(), size, options);
}
