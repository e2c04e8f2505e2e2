import type { Raster } from '@segkit/core';

/** Weights of a Gaussian at -radius..radius, summing to 1; the radius is 3 sigma. */
function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

/** Blurs along lines of `length` pixels, `step` apart; `across` lines, `stride` apart. Edge pixels are repeated. */
function blurLines(
  source: Float32Array,
  kernel: Float64Array,
  { length, step, across, stride }: Record<'length' | 'step' | 'across' | 'stride', number>,
): Float32Array {
  const blurred = new Float32Array(source.length);
  const radius = (kernel.length - 1) / 2;
  for (let line = 0; line < across; line++) {
    const start = line * stride;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) {
        const reached = i + k - radius;
        const at = reached < 0 ? 0 : reached < length ? reached : length - 1;
        sum += (kernel[k] as number) * (source[start + at * step] as number);
      }
      blurred[start + i * step] = sum;
    }
  }
  return blurred;
}

/**
 * Blurs a raster of one channel by a Gaussian, cut off at 3 sigma; edge pixels are repeated outwards.
 * @param sigma - Standard deviation in pixels; 0 changes nothing.
 */
export function gaussianBlur(raster: Raster<Float32Array>, sigma: number): Raster<Float32Array> {
  if (sigma === 0) return raster;
  const { height, width, data } = raster;
  const kernel = gaussianKernel(sigma);
  const rows = blurLines(data, kernel, { length: width, step: 1, across: height, stride: width });
  const both = blurLines(rows, kernel, { length: height, step: width, across: width, stride: 1 });
  return { ...raster, data: both };
}
