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
export function rangeOf(path: string, pixels: NumericPixels): ValueRange {
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

/**
 * Stored values as float32 in [0, 1].
 * @param path - Names the file in errors.
 * @param range - Default: the range of the number type. Values outside are cut off.
 * @throws DataError if floats are not finite, or neither they nor the caller tell the range.
 */
export function scalePixels(
  path: string,
  pixels: NumericPixels,
  range: ValueRange | undefined,
): Float32Array {
  const { data } = pixels;
  if (range !== undefined && data instanceof Float32Array) extremes(path, pixels);
  const [low, high] = range ?? rangeOf(path, pixels);
  const scaled = new Float32Array(data.length);
  for (let i = 0; i < scaled.length; i++) scaled[i] = ((data[i] as number) - low) / (high - low);
  if (range === undefined) return scaled;
  return scaled.map((value) => Math.min(Math.max(value, 0), 1));
}
