import { stat } from 'node:fs/promises';

import { DataError } from '@segkit/core';

import { decodePixels, readMetadata } from './decode-pixels.js';
import { maskOf, type RawMask } from './raw-mask.js';
import { reasonOf } from './read-bytes.js';
import { fullPages } from './tiff-pages.js';

/** One page of a file, as messages name it. */
export function pageName(path: string, page: number): string {
  return `${path} page ${String(page)}`;
}

/**
 * The pages of a TIFF that are images of their own, counted from 0 (other formats have one). The pixels are not read.
 * @throws DataError if the file is missing, empty or no image.
 */
export async function listPages(path: string): Promise<readonly number[]> {
  let size;
  try {
    ({ size } = await stat(path));
  } catch (error) {
    throw new DataError(`${path}: expected an image file, ${reasonOf(error)}.`, { cause: error });
  }
  if (size === 0) {
    throw new DataError(
      `${path}: expected an image file, found an empty one (0 bytes); copy or download it again.`,
    );
  }
  const { pages = 1 } = await readMetadata(path, path);
  const all = [...new Array<undefined>(pages).keys()];
  return pages === 1 ? all : ((await fullPages(path)) ?? all);
}

/**
 * Reads one page of a TIFF as a mask, without reading the others.
 * @param page - Counted from 0.
 * @throws DataError if it is damaged, or its numbers are not whole.
 */
export async function readMaskPage(path: string, page: number): Promise<RawMask> {
  const name = pageName(path, page);
  return maskOf(name, await decodePixels(name, path, { page }));
}
