import type { Raster } from '@segkit/core';

/** A Gaussian cut off at 3 sigma: weights of the centre, its neighbours on either side, theirs, and so on; sum 1. */
function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: radius + 1 }, (_, k) =>
    Math.exp(-(k ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + 2 * weight, -1);
  return weights.map((weight) => weight / sum);
}

/** Where a line's neighbours on either side start, nearest first; both begin with the line itself. */
interface Neighbours {
  readonly before: Int32Array;
  readonly after: Int32Array;
}

/** The weighted sum of a value and its neighbours on either side. */
function sumAt(
  source: Float32Array,
  x: number,
  { before, after }: Neighbours,
  kernel: Float64Array,
): number {
  let sum = (kernel[0] as number) * (source[(before[0] as number) + x] as number);
  for (let k = 1; k < kernel.length; k++) {
    const left = source[(before[k] as number) + x] as number;
    const right = source[(after[k] as number) + x] as number;
    sum += (kernel[k] as number) * (left + right);
  }
  return sum;
}

/** Writes the weighted sums of a line and its neighbours. */
function blurLine(
  source: Float32Array,
  neighbours: Neighbours,
  kernel: Float64Array,
  target: Float32Array,
): void {
  const { before, after } = neighbours;
  const center = kernel[0] as number;
  let x = 0;
  // Four at a time, whose sums stay in registers while the neighbours are gone through.
  for (; x + 4 <= target.length; x += 4) {
    const at = (before[0] as number) + x;
    let a = center * (source[at] as number);
    let b = center * (source[at + 1] as number);
    let c = center * (source[at + 2] as number);
    let d = center * (source[at + 3] as number);
    for (let k = 1; k < kernel.length; k++) {
      const weight = kernel[k] as number;
      const left = (before[k] as number) + x;
      const right = (after[k] as number) + x;
      a += weight * ((source[left] as number) + (source[right] as number));
      b += weight * ((source[left + 1] as number) + (source[right + 1] as number));
      c += weight * ((source[left + 2] as number) + (source[right + 2] as number));
      d += weight * ((source[left + 3] as number) + (source[right + 3] as number));
    }
    target[x] = a;
    target[x + 1] = b;
    target[x + 2] = c;
    target[x + 3] = d;
  }
  for (; x < target.length; x++) target[x] = sumAt(source, x, neighbours, kernel);
}

/** Blurs every row; its first and last pixel are repeated outwards. */
function blurRows(
  { width, channels, data }: Raster<Float32Array>,
  kernel: Float64Array,
): Float32Array {
  const blurred = new Float32Array(data.length);
  const stride = width * channels;
  const margin = (kernel.length - 1) * channels;
  const line = new Float32Array(stride + 2 * margin);
  const neighbours = {
    before: Int32Array.from(kernel, (_, k) => margin - k * channels),
    after: Int32Array.from(kernel, (_, k) => margin + k * channels),
  };
  for (let start = 0; start < data.length; start += stride) {
    line.set(data.subarray(start, start + stride), margin);
    for (let i = 0; i < margin; i++) {
      line[i] = data[start + (i % channels)] as number;
      line[margin + stride + i] = data[start + stride - channels + (i % channels)] as number;
    }
    blurLine(line, neighbours, kernel, blurred.subarray(start, start + stride));
  }
  return blurred;
}

/** Blurs every column; the first and the last row are repeated outwards. */
function blurColumns(
  rows: Float32Array,
  height: number,
  stride: number,
  kernel: Float64Array,
): Float32Array {
  const blurred = new Float32Array(rows.length);
  const before = new Int32Array(kernel.length);
  const after = new Int32Array(kernel.length);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < kernel.length; k++) {
      before[k] = Math.max(y - k, 0) * stride;
      after[k] = Math.min(y + k, height - 1) * stride;
    }
    const target = blurred.subarray(y * stride, (y + 1) * stride);
    blurLine(rows, { before, after }, kernel, target);
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
  const rows = blurRows(raster, kernel);
  return { ...raster, data: blurColumns(rows, height, width * channels, kernel) };
}
