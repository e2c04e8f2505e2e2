import type { Raster } from '@segkit/core';

/** Weights of a Gaussian at -radius..radius, summing to 1. */
function gaussianKernel(sigma: number, radius: number): Float64Array {
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

type Four = readonly [number, number, number, number];

/** Taps added at a time: fewer passes over the sums, in the same order. */
const step = 4;

/** Adds four weighted runs of `source` to `sums`, which start at `starts[k]`, …, `starts[k + 3]`. */
function addRuns(
  sums: Float64Array,
  source: Float32Array,
  starts: Int32Array,
  weights: Float64Array,
  k: number,
): void {
  const [a, b, c, d] = starts.subarray(k, k + step) as unknown as Four;
  const [u, v, w, z] = weights.subarray(k, k + step) as unknown as Four;
  for (let x = 0; x < sums.length; x++) {
    sums[x] =
      (sums[x] as number) +
      u * (source[a + x] as number) +
      v * (source[b + x] as number) +
      w * (source[c + x] as number) +
      z * (source[d + x] as number);
  }
}

/** Blurs along the rows, then along the columns; both as weighted sums of shifted runs of pixels. */
function blur(
  { height, width, data }: Raster<Float32Array>,
  kernel: Float64Array,
  radius: number,
): Float32Array {
  const rows = new Float32Array(data.length);
  const sums = new Float64Array(width);
  const starts = Int32Array.from(kernel, (_, k) => k);
  const line = new Float32Array(width + kernel.length - 1);
  for (let start = 0; start < data.length; start += width) {
    line.fill(data[start] as number, 0, radius);
    line.set(data.subarray(start, start + width), radius);
    line.fill(data[start + width - 1] as number, radius + width);
    sums.fill(0);
    for (let k = 0; k < kernel.length; k += step) addRuns(sums, line, starts, kernel, k);
    rows.set(sums, start);
  }
  const blurred = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < kernel.length; k++) {
      starts[k] = Math.min(Math.max(y + k - radius, 0), height - 1) * width;
    }
    for (let k = 0; k < kernel.length; k += step) addRuns(sums, rows, starts, kernel, k);
    blurred.set(sums, y * width);
  }
  return blurred;
}

/**
 * Blurs a raster of one channel by a Gaussian, cut off at 3 sigma; edge pixels are repeated outwards.
 * @param sigma - Standard deviation in pixels; 0 changes nothing.
 */
export function gaussianBlur(raster: Raster<Float32Array>, sigma: number): Raster<Float32Array> {
  if (sigma === 0) return raster;
  const radius = Math.ceil(3 * sigma);
  const kernel = gaussianKernel(sigma, radius);
  const padded = new Float64Array(Math.ceil(kernel.length / step) * step);
  padded.set(kernel);
  return { ...raster, data: blur(raster, padded, radius) };
}
