import { DataError } from '@segkit/core';

import { decodeIndexedPng } from './decode-indexed-png.js';
import { decodePixels, readMetadata } from './decode-pixels.js';
import { maskOf, type RawMask } from './raw-mask.js';
import { readBytes } from './read-bytes.js';

/** How to read a mask. */
export interface ReadMaskOptions {
  /** What to do with a mask that is a JPEG: refuse it (default), or mark it `lossy`. */
  readonly jpegMasks?: 'refuse' | 'nearest' | undefined;
  /** Whether to turn the mask as its own EXIF orientation says. Default: apply. */
  readonly exif?: 'apply' | 'ignore' | undefined;
}

/** @throws DataError if a PNG that is decoded without its metadata says that it has to be turned. */
async function checkUpright(path: string, bytes: Buffer): Promise<void> {
  if (!bytes.includes('eXIf')) return;
  const { orientation = 1 } = await readMetadata(path, bytes);
  if (orientation === 1) return;
  throw new DataError(
    `${path}: expected an upright mask, found EXIF orientation ${String(orientation)} in a PNG with a palette or few bits; save it upright and without EXIF.`,
  );
}

/**
 * Reads a mask without changing a value: PNG of 1 to 16 bits (gray, RGB, palette) or TIFF of whole numbers up to 65535.
 * Alpha is dropped and an EXIF orientation of the mask's own applied; that of its photo is none of its business.
 * (TIFF of 1 bit reads as 0 and 255, palette TIFF as its colours.)
 * @throws DataError if the file is missing, empty, damaged, of several pages, or a JPEG, whose values are not exact.
 */
export async function readMask(path: string, options: ReadMaskOptions = {}): Promise<RawMask> {
  return decodeMask(path, await readBytes(path), options);
}

/**
 * Decodes a mask as `readMask` does.
 * @param path - Names the file in errors.
 * @throws DataError as `readMask` does.
 */
export async function decodeMask(
  path: string,
  bytes: Buffer,
  { jpegMasks = 'refuse', exif = 'apply' }: ReadMaskOptions = {},
): Promise<RawMask> {
  const indexed = decodeIndexedPng(path, bytes);
  if (indexed !== undefined) {
    if (exif === 'apply') await checkUpright(path, bytes);
    return indexed;
  }
  const pixels = await decodePixels(path, bytes, { exif });
  const mask = maskOf(path, pixels);
  if (pixels.format !== 'jpeg') return mask;
  if (jpegMasks === 'nearest') return { ...mask, lossy: true };
  throw new DataError(
    `${path}: expected a mask as PNG or TIFF, found a JPEG, whose compression changes values; export the mask as PNG from its source, ` +
      "or, where there is none, take the nearest value of a class by jpegMasks: 'nearest' of image-folder.",
  );
}
