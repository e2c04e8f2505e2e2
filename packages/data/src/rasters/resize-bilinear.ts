import type { Raster, Size } from '@segkit/core';

interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Weight of `high`; `low` has the rest. */
  readonly weight: Float64Array;
}

/** For every output position, the two input positions around it and their weights. */
function taps(from: number, to: number): Taps {
  const low = new Int32Array(to);
  const high = new Int32Array(to);
  const weight = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const position = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    low[i] = Math.min(from - 1, Math.floor(position));
    high[i] = Math.min(from - 1, Math.floor(position) + 1);
    weight[i] = position - Math.floor(position);
  }
  return { low, high, weight };
}

/**
 * Resizes bilinearly with half-pixel centres and no antialiasing: PyTorch's
 * `interpolate(mode='bilinear', align_corners=False)`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export function resizeBilinear(raster: Raster<Float32Array>, size: Size): Raster<Float32Array> {
  const { width, channels, data } = raster;
  const rows = taps(raster.height, size.height);
  const columns = taps(width, size.width);
  const resized = new Float32Array(size.height * size.width * channels);
  const at = (index: number): number => data[index] as number;
  let to = 0;
  for (let y = 0; y < size.height; y++) {
    const top = (rows.low[y] as number) * width;
    const bottom = (rows.high[y] as number) * width;
    const down = rows.weight[y] as number;
    for (let x = 0; x < size.width; x++) {
      const left = columns.low[x] as number;
      const right = columns.high[x] as number;
      const across = columns.weight[x] as number;
      for (let c = 0; c < channels; c++) {
        const above =
          at((top + left) * channels + c) * (1 - across) +
          at((top + right) * channels + c) * across;
        const below =
          at((bottom + left) * channels + c) * (1 - across) +
          at((bottom + right) * channels + c) * across;
        resized[to++] = above * (1 - down) + below * down;
      }
    }
  }
  return { ...size, channels, data: resized };
}
