import type { Box, Raster } from '@segkit/core';

import { decodePixels } from './decode-pixels.js';
import { readBytes } from './read-bytes.js';

/** How to read an image. */
export interface ReadImageOptions {
  /**
   * Channels of the result: 1 mixes colours to gray by `0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601), 3 repeats gray.
   * Default: as stored.
   */
  readonly channels?: 1 | 3 | undefined;
  /** The part to read, of a TIFF that is stored upright. Default: the whole image. */
  readonly region?: Box | undefined;
}

/** Every value of 8 and 16 bits as a fraction of the largest: looking one up is faster than dividing. */
const [byteFractions, wordFractions] = [255, 65535].map((full) =>
  Float32Array.from({ length: full + 1 }, (_, value) => value / full),
) as [Float32Array, Float32Array];

/** Mixes RGB to gray by the weights of ITU-R BT.601. Other rasters are returned as they are. */
export function toGray(image: Raster<Float32Array>): Raster<Float32Array> {
  const { height, width, channels, data } = image;
  if (channels !== 3) return image;
  const gray = new Float32Array(height * width);
  for (let i = 0; i < gray.length; i++) {
    const [red, green, blue] = [data[3 * i], data[3 * i + 1], data[3 * i + 2]] as number[];
    gray[i] = 0.299 * (red as number) + 0.587 * (green as number) + 0.114 * (blue as number);
  }
  return { height, width, channels: 1, data: gray };
}

/** Repeats gray in three channels. Other rasters are returned as they are. */
export function toColor(image: Raster<Float32Array>): Raster<Float32Array> {
  const { height, width, channels, data } = image;
  if (channels !== 1) return image;
  const color = new Float32Array(3 * data.length);
  for (let i = 0; i < color.length; i++) color[i] = data[Math.floor(i / 3)] as number;
  return { height, width, channels: 3, data: color };
}

/**
 * Reads a PNG, JPEG or TIFF of 8 or 16 bits, gray, RGB or palette. Alpha is dropped, the EXIF orientation applied,
 * and colour profiles are left alone, so numbers are those in the file.
 * @returns `[height, width, channels]` float32 in [0, 1]: 8-bit values / 255, 16-bit values / 65535.
 * @throws DataError if the file is missing, empty, damaged or of another format.
 */
export async function readImage(
  path: string,
  { channels, region }: ReadImageOptions = {},
): Promise<Raster<Float32Array>> {
  const bytes = region === undefined ? await readBytes(path) : undefined;
  const { data: stored, format: _, ...shape } = await decodePixels(path, bytes, region);
  const data = new Float32Array(stored.length);
  const fractions = stored instanceof Uint16Array ? wordFractions : byteFractions;
  for (let i = 0; i < data.length; i++) data[i] = fractions[stored[i] as number] as number;
  const image = { ...shape, data };
  if (channels === undefined) return image;
  return channels === 1 ? toGray(image) : toColor(image);
}
