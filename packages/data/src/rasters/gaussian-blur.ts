import type { Raster } from '@segkit/core';

/** Pairs of runs added at a time: fewer passes over the sums. */
const step = 4;

/** A Gaussian cut off at 3 sigma; it sums to 1. */
interface Kernel {
  readonly center: number;
  /** Weights of the first, second, … neighbour on either side; zeros fill it up to a multiple of {@link step}. */
  readonly sides: Float64Array;
}

function gaussianKernel(sigma: number): Kernel {
  const radius = Math.ceil(3 * sigma);
  const sides = new Float64Array(Math.ceil(radius / step) * step);
  for (let k = 0; k < radius; k++) sides[k] = Math.exp(-((k + 1) ** 2) / (2 * sigma ** 2));
  const sum = sides.reduce((total, weight) => total + 2 * weight, 1);
  return { center: 1 / sum, sides: sides.map((weight) => weight / sum) };
}

/** Where the runs to either side of a line start: `before[k]`, `after[k]` for the weight `sides[k]`. */
interface Runs {
  readonly before: Int32Array;
  readonly after: Int32Array;
}

function createRuns({ sides }: Kernel): Runs {
  return { before: new Int32Array(sides.length), after: new Int32Array(sides.length) };
}

type Four = readonly [number, number, number, number];

/** Adds the runs `k` to `k + 3` on either side, weighted, to `sums`. */
function addPairs(
  sums: Float64Array,
  source: Float32Array,
  { before, after }: Runs,
  sides: Float64Array,
  k: number,
): void {
  const [a, b, c, d] = before.subarray(k, k + step) as unknown as Four;
  const [e, f, g, h] = after.subarray(k, k + step) as unknown as Four;
  const [u, v, w, z] = sides.subarray(k, k + step) as unknown as Four;
  for (let x = 0; x < sums.length; x++) {
    sums[x] =
      (sums[x] as number) +
      u * ((source[a + x] as number) + (source[e + x] as number)) +
      v * ((source[b + x] as number) + (source[f + x] as number)) +
      w * ((source[c + x] as number) + (source[g + x] as number)) +
      z * ((source[d + x] as number) + (source[h + x] as number));
  }
}

/** Writes the weighted sum of a line and its neighbours. @param start - Where the line starts in `source`. */
function sumLine(
  sums: Float64Array,
  source: Float32Array,
  start: number,
  runs: Runs,
  { center, sides }: Kernel,
): void {
  for (let x = 0; x < sums.length; x++) sums[x] = center * (source[start + x] as number);
  for (let k = 0; k < sides.length; k += step) addPairs(sums, source, runs, sides, k);
}

/** Blurs every row; its first and last pixel are repeated outwards. */
function blurRows(
  { width, channels, data }: Raster<Float32Array>,
  kernel: Kernel,
  sums: Float64Array,
): Float32Array {
  const blurred = new Float32Array(data.length);
  const margin = kernel.sides.length * channels;
  const line = new Float32Array(width * channels + 2 * margin);
  const runs = createRuns(kernel);
  for (let k = 0; k < kernel.sides.length; k++) {
    runs.before[k] = margin - (k + 1) * channels;
    runs.after[k] = margin + (k + 1) * channels;
  }
  const stride = width * channels;
  for (let start = 0; start < data.length; start += stride) {
    line.set(data.subarray(start, start + stride), margin);
    for (let i = 0; i < margin; i++) {
      line[i] = data[start + (i % channels)] as number;
      line[margin + stride + i] = data[start + stride - channels + (i % channels)] as number;
    }
    sumLine(sums, line, margin, runs, kernel);
    for (let x = 0; x < stride; x++) blurred[start + x] = sums[x] as number;
  }
  return blurred;
}

/** Blurs every column; the first and the last row are repeated outwards. */
function blurColumns(
  rows: Float32Array,
  height: number,
  kernel: Kernel,
  sums: Float64Array,
): Float32Array {
  const blurred = new Float32Array(rows.length);
  const runs = createRuns(kernel);
  const stride = sums.length;
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < kernel.sides.length; k++) {
      runs.before[k] = Math.max(y - k - 1, 0) * stride;
      runs.after[k] = Math.min(y + k + 1, height - 1) * stride;
    }
    sumLine(sums, rows, y * stride, runs, kernel);
    for (let x = 0; x < stride; x++) blurred[y * stride + x] = sums[x] as number;
  }
  return blurred;
}

/**
 * Blurs every channel of a raster by a Gaussian, cut off at 3 sigma; edge pixels are repeated outwards.
 * @param sigma - Standard deviation in pixels; 0 changes nothing.
 */
export function gaussianBlur(raster: Raster<Float32Array>, sigma: number): Raster<Float32Array> {
  if (sigma === 0) return raster;
  const { height, width, channels } = raster;
  const kernel = gaussianKernel(sigma);
  const sums = new Float64Array(width * channels);
  const rows = blurRows(raster, kernel, sums);
  return { ...raster, data: blurColumns(rows, height, kernel, sums) };
}
