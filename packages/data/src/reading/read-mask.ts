import { DataError, type Box } from '@segkit/core';

import { decodeIndexedPng } from './decode-indexed-png.js';
import { decodePixels } from './decode-pixels.js';
import type { RawMask } from './raw-mask.js';
import { readBytes } from './read-bytes.js';

/**
 * Reads a mask without changing a value: PNG of 1 to 16 bits (gray, RGB, palette) or TIFF of 8 or 16 bits.
 * Alpha is dropped. (TIFF of 1 bit reads as 0 and 255, palette TIFF as its colours.)
 * @param region - The part to read, of a TIFF that is stored upright. Default: the whole mask.
 * @throws DataError if the file is missing, empty, damaged, or a JPEG, whose values are not exact.
 */
export async function readMask(path: string, region?: Box): Promise<RawMask> {
  if (region !== undefined) return decodePixels(path, undefined, region);
  const bytes = await readBytes(path);
  const indexed = decodeIndexedPng(path, bytes);
  if (indexed !== undefined) return indexed;
  const { format, ...mask } = await decodePixels(path, bytes);
  if (format === 'jpeg') {
    throw new DataError(
      `${path}: expected a mask as PNG or TIFF, found a JPEG, whose compression changes values; export the mask as PNG from its source.`,
    );
  }
  return mask;
}
