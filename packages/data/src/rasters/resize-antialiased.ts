import type { Raster, Size } from '@segkit/core';

/** The input positions that make each output position, and how much they count. */
interface Window {
  readonly starts: Int32Array;
  /** Positions in every window; windows at the border have fewer that count. */
  readonly taps: number;
  /** `taps` for each output position. */
  readonly weights: Float64Array;
}

/** Triangles that are as wide as an output pixel, but never narrower than an input pixel. */
function windows(from: number, to: number): Window {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const taps = Math.min(from, Math.ceil(2 * support) + 1);
  const starts = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - support + 0.5));
    const start = Math.min(first, from - taps);
    const end = Math.min(from, Math.floor(center + support + 0.5));
    starts[i] = start;
    let sum = 0;
    for (let k = first; k < end; k++) {
      const weight = Math.max(0, 1 - Math.abs(k + 0.5 - center) / support);
      weights[i * taps + k - start] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) weights[i * taps + k] = (weights[i * taps + k] as number) / sum;
  }
  return { starts, taps, weights };
}

/** Resizes every row. */
function resizeRows(raster: Raster<Float32Array>, width: number): Raster<Float32Array> {
  const { height, channels, data } = raster;
  const { starts, taps, weights } = windows(raster.width, width);
  const resized = new Float32Array(height * width * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const row = y * raster.width;
    for (let x = 0; x < width; x++) {
      const first = (row + (starts[x] as number)) * channels;
      for (let c = first; c < first + channels; c++) {
        let sum = 0;
        for (let k = 0; k < taps; k++) {
          sum += (weights[x * taps + k] as number) * (data[c + k * channels] as number);
        }
        resized[to++] = sum;
      }
    }
  }
  return { height, width, channels, data: resized };
}

/** Resizes every column. */
function resizeColumns(raster: Raster<Float32Array>, height: number): Raster<Float32Array> {
  const { width, channels, data } = raster;
  const { starts, taps, weights } = windows(raster.height, height);
  const stride = width * channels;
  const resized = new Float32Array(height * stride);
  const sums = new Float64Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < taps; k++) {
      const weight = weights[y * taps + k] as number;
      if (weight === 0) continue;
      const from = ((starts[y] as number) + k) * stride;
      for (let x = 0; x < stride; x++) {
        sums[x] = (sums[x] as number) + weight * (data[from + x] as number);
      }
    }
    for (let x = 0; x < stride; x++) resized[y * stride + x] = sums[x] as number;
  }
  return { height, width, channels, data: resized };
}

/**
 * Resizes bilinearly with half-pixel centres, averaging over what an output pixel covers where it shrinks: PyTorch's
 * `interpolate(mode='bilinear', antialias=True)`, and Pillow's bilinear filter. Enlarging, it is plain bilinear.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export function resizeAntialiased(
  raster: Raster<Float32Array>,
  { height, width }: Size,
): Raster<Float32Array> {
  const rows = raster.width === width ? raster : resizeRows(raster, width);
  return rows.height === height ? rows : resizeColumns(rows, height);
}
