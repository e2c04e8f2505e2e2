import { mirrorIndex, type Raster, type Size } from '@segkit/core';

import { allocateLike } from '../rasters/gather-raster.js';

/** Where every pixel of an image comes from: pixel (y, x) shows what lay at `(y + dy, x + dx)`. */
export interface DisplacementField extends Size {
  /** Rows, in pixels, row-major. */
  readonly dy: Float32Array;
  /** Columns, in pixels, row-major. */
  readonly dx: Float32Array;
}

/** A position in `[0, length - 1]`, mirrored at the borders without repeating them. */
function mirrorPosition(position: number, length: number): number {
  if (position >= 0 && position <= length - 1) return position;
  const whole = Math.floor(position);
  const low = mirrorIndex(whole, length);
  return low + (mirrorIndex(whole + 1, length) - low) * (position - whole);
}

/** Moves an image or a weight map, interpolating bilinearly; what lies outside is mirrored. */
export function warpBilinear(
  { height, width, channels, data }: Raster<Float32Array>,
  { dy, dx }: DisplacementField,
): Raster<Float32Array> {
  const warped = new Float32Array(data.length);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const fromY = mirrorPosition(y + (dy[pixel] as number), height);
      const fromX = mirrorPosition(x + (dx[pixel] as number), width);
      const top = Math.floor(fromY);
      const left = Math.floor(fromX);
      const down = fromY - top;
      const across = fromX - left;
      const at = (top * width + left) * channels;
      // At the last row or column the next one has no weight, and need not exist.
      const right = across > 0 ? channels : 0;
      const below = down > 0 ? width * channels : 0;
      for (let c = 0; c < channels; c++) {
        const first = at + c;
        const upper =
          (data[first] as number) * (1 - across) + (data[first + right] as number) * across;
        const lower =
          (data[first + below] as number) * (1 - across) +
          (data[first + below + right] as number) * across;
        warped[pixel * channels + c] = upper * (1 - down) + lower * down;
      }
    }
  }
  return { height, width, channels, data: warped };
}

/** Moves labels or object ids, taking the nearest pixel; what lies outside is mirrored. */
export function warpNearest<T extends Int32Array | Float32Array>(
  { height, width, channels, data }: Raster<T>,
  { dy, dx }: DisplacementField,
): Raster<T> {
  const warped = allocateLike(data, data.length);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const fromY = Math.floor(mirrorPosition(y + (dy[pixel] as number), height) + 0.5);
      const fromX = Math.floor(mirrorPosition(x + (dx[pixel] as number), width) + 0.5);
      const at = (fromY * width + fromX) * channels;
      for (let c = 0; c < channels; c++) warped[pixel * channels + c] = data[at + c] as number;
    }
  }
  return { height, width, channels, data: warped };
}
