import type { RandomStream, Size } from '@segkit/core';

import { gaussianBlur } from '../rasters/gaussian-blur.js';
import type { DisplacementField } from './displacement-field.js';

/**
 * The field of one displacement per pixel, blurred and scaled: `alpha * gaussian(sigma) * noise`.
 * @param dy - Noise for the rows, row-major.
 * @param dx - Noise for the columns.
 * @param alpha - Pixels for one unit of blurred noise.
 * @param sigma - Standard deviation of the blur in pixels; it is cut off at 3 sigma, and border pixels are repeated.
 * @see https://doi.org/10.1109/ICDAR.2003.1227801
 */
export function fieldOfNoise(
  dy: Float32Array,
  dx: Float32Array,
  { height, width }: Size,
  { alpha, sigma }: { readonly alpha: number; readonly sigma: number },
): DisplacementField {
  const smooth = (data: Float32Array): Float32Array => {
    const blurred = gaussianBlur({ height, width, channels: 1, data }, sigma).data;
    return blurred.map((value) => alpha * value);
  };
  return { height, width, dy: smooth(dy), dx: smooth(dx) };
}

/** The field of random displacements, each uniform in [-1, 1] before it is blurred and scaled. */
export function randomSmoothField(
  size: Size,
  options: { readonly alpha: number; readonly sigma: number },
  random: RandomStream,
): DisplacementField {
  const draw = (): Float32Array => {
    const noise = new Float32Array(size.height * size.width);
    for (let i = 0; i < noise.length; i++) noise[i] = 2 * random.uniform() - 1;
    return noise;
  };
  return fieldOfNoise(draw(), draw(), size, options);
}
