import { DataError } from '@segkit/core';

import type { NumericPixels } from './decode-pixels.js';

/** Stored values that become 0 and 1. */
export type ValueRange = readonly [number, number];

function show(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** The least and the greatest value. @throws DataError if a value is no finite number. */
function extremes(path: string, { data, width, channels }: NumericPixels): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  data.forEach((value: number, at: number) => {
    if (!Number.isFinite(value)) {
      const pixel = Math.floor(at / channels);
      throw new DataError(
        `${path}: expected finite numbers, found ${String(value)} at row ${String(Math.floor(pixel / width))}, column ${String(pixel % width)}; replace it.`,
      );
    }
    if (value < low) low = value;
    if (value > high) high = value;
  });
  return [low, high];
}

/** The range of the file's number type. @throws DataError if the pixels do not tell what is black and white. */
function rangeOf(path: string, pixels: NumericPixels): ValueRange {
  const { data, whole } = pixels;
  if (data instanceof Uint8Array) return [0, 255];
  if (data instanceof Uint16Array) return [0, 65535];
  const [low, high] = extremes(path, pixels);
  if (!whole && low >= 0 && high <= 1) return [0, 1];
  throw new DataError(
    `${path}: expected 8 or 16 bits, or floats in [0, 1], found ${whole ? 'other whole numbers' : 'floats'} from ${show(low)} to ${show(high)}; ` +
      'set valueRange: [low, high] to the values of the data set that are to become 0 and 1.',
  );
}

/** How stored values become numbers in [0, 1]. */
export interface PixelScale {
  readonly range: ValueRange;
  /** Whether values may lie outside, and are cut off. */
  readonly cutOff: boolean;
}

/**
 * The scale of an image.
 * @param path - Names the file in errors.
 * @param pixels - All of them.
 * @param range - Default: the range of the number type.
 * @throws DataError if floats are not finite, or neither they nor the caller tell the range.
 */
export function scaleOf(
  path: string,
  pixels: NumericPixels,
  range: ValueRange | undefined,
): PixelScale {
  if (range === undefined) return { range: rangeOf(path, pixels), cutOff: false };
  if (pixels.data instanceof Float32Array) extremes(path, pixels);
  return { range, cutOff: true };
}

/** Stored values as float32 in [0, 1]. */
export function scalePixels(
  data: NumericPixels['data'],
  { range: [low, high], cutOff }: PixelScale,
): Float32Array {
  const scaled = new Float32Array(data.length);
  for (let i = 0; i < scaled.length; i++) scaled[i] = ((data[i] as number) - low) / (high - low);
  if (!cutOff) return scaled;
  for (let i = 0; i < scaled.length; i++) {
    scaled[i] = Math.min(Math.max(scaled[i] as number, 0), 1);
  }
  return scaled;
}
