import { sameSize, type Size } from '@segkit/core';
import sharp from 'sharp';

/** From this many pixels on, decoding a whole image to cut a crop out of it is a waste. */
const largePixels = 2 ** 24;

/** The size of a TIFF that is large and stored upright, so that its parts can be read alone. */
async function sizeOfLarge(path: string): Promise<Size | undefined> {
  if (!/\.tiff?$/i.test(path)) return undefined;
  try {
    const { format, width, height, orientation = 1, pages = 1 } = await sharp(path).metadata();
    const readable = format === 'tiff' && orientation === 1 && pages === 1;
    return readable && width * height >= largePixels ? { height, width } : undefined;
  } catch {
    // Reading it whole tells what is wrong with it.
    return undefined;
  }
}

/**
 * The common size of the files of a sample if all of them are large TIFFs, of which parts can be read: fast from tiled ones,
 * and by decoding what lies above from others.
 * @returns `undefined` for anything else, damaged files included.
 */
export async function largeTiffSize(
  paths: readonly (string | undefined)[],
): Promise<Size | undefined> {
  let common: Size | undefined;
  for (const path of paths) {
    if (path === undefined) continue;
    const size = await sizeOfLarge(path);
    if (size === undefined || (common !== undefined && !sameSize(size, common))) return undefined;
    common = size;
  }
  return common;
}
