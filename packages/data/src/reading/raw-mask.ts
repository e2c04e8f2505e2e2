import { DataError, type Raster } from '@segkit/core';

import type { NumericPixels } from './decode-pixels.js';

/** A mask as its file stores it. */
export interface RawMask extends Raster<Uint8Array | Uint16Array> {
  /** Colours (red, green, blue, 0-255) of the indices, if the file is a palette PNG; `data` then holds the indices. */
  readonly palette?: readonly (readonly number[])[];
  /** The values were changed by compression and stand for the nearest that the classes know. */
  readonly lossy?: boolean;
}

/**
 * Decoded pixels as a mask.
 * @param path - Names the file in errors.
 * @throws DataError if the numbers are not all whole, from 0 to 65535.
 */
export function maskOf(path: string, { height, width, channels, data }: NumericPixels): RawMask {
  if (!(data instanceof Float32Array)) return { height, width, channels, data };
  const values = new Uint16Array(data.length);
  values.set(data);
  const odd = data.find((value, at) => value !== values[at]);
  if (odd === undefined) return { height, width, channels, data: values };
  throw new DataError(
    `${path}: expected a mask of whole numbers from 0 to 65535, found ${String(odd)}; save it with 8 or 16 bits.`,
  );
}
