import type { Raster } from '@segkit/core';

import { decodePixels, type NumericPixels } from './decode-pixels.js';
import { readBytes } from './read-bytes.js';
import { scaleOf, scalePixels, type ValueRange } from './scale-pixels.js';

/** How to read an image. */
export interface ReadImageOptions {
  /**
   * Channels of the result: 1 mixes colours to gray by `0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601), 3 repeats gray.
   * Default: as stored.
   */
  readonly channels?: 1 | 3 | undefined;
  /**
   * Stored values that become 0 and 1; what lies outside is cut off. Default: [0, 255] for 8 bits, [0, 65535] for 16,
   * [0, 1] for floats, which must then lie inside.
   */
  readonly valueRange?: ValueRange | undefined;
  /** Whether to turn the image as its EXIF orientation says. Default: apply. */
  readonly exif?: 'apply' | 'ignore' | undefined;
}

/** Mixes RGB to gray by the weights of ITU-R BT.601. Other rasters are returned as they are. */
export function toGray(image: Raster<Float32Array>): Raster<Float32Array> {
  const { height, width, channels, data } = image;
  if (channels !== 3) return image;
  const gray = new Float32Array(height * width);
  for (let i = 0, from = 0; i < gray.length; i++, from += 3) {
    const red = data[from] as number;
    const green = data[from + 1] as number;
    const blue = data[from + 2] as number;
    gray[i] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return { height, width, channels: 1, data: gray };
}

/** Repeats gray in three channels. Other rasters are returned as they are. */
export function toColor(image: Raster<Float32Array>): Raster<Float32Array> {
  const { height, width, channels, data } = image;
  if (channels !== 1) return image;
  const color = new Float32Array(3 * data.length);
  for (let i = 0, to = 0; i < data.length; i++, to += 3) {
    color[to] = color[to + 1] = color[to + 2] = data[i] as number;
  }
  return { height, width, channels: 3, data: color };
}

/** Converts to the asked channels; rasters that have them are returned as they are. */
export function toChannels(
  image: Raster<Float32Array>,
  channels: 1 | 3 | undefined,
): Raster<Float32Array> {
  if (channels === undefined) return image;
  return channels === 1 ? toGray(image) : toColor(image);
}

/**
 * Reads a PNG, JPEG or TIFF of 8 or 16 bits or floats, gray, RGB or palette. Alpha is dropped, the EXIF orientation
 * applied, and colour profiles are left alone, so numbers are those in the file.
 * @returns `[height, width, channels]` float32 in [0, 1]: 8-bit values / 255, 16-bit values / 65535, or by `valueRange`.
 * @throws DataError if the file is missing, empty, damaged, of another format, of several pages or CMYK, or its numbers
 * need a `valueRange`.
 */
export async function readImage(
  path: string,
  { exif, ...options }: ReadImageOptions = {},
): Promise<Raster<Float32Array>> {
  return imageOf(path, await decodePixels(path, await readBytes(path), { exif }), options);
}

/** Makes images of decoded pixels. */
export type ImageConverter = (pixels: Raster<NumericPixels['data']>) => Raster<Float32Array>;

/**
 * What makes an image of decoded pixels, or of any part of them.
 * @param path - Names the file in errors.
 * @throws DataError if the numbers need a `valueRange`.
 */
export function imageConverter(
  path: string,
  stored: NumericPixels,
  { channels, valueRange }: ReadImageOptions,
): ImageConverter {
  const scale = scaleOf(path, stored, valueRange);
  return ({ data, ...shape }) => toChannels({ ...shape, data: scalePixels(data, scale) }, channels);
}

/**
 * Decoded pixels as an image.
 * @param path - Names the file in errors.
 * @throws DataError if the numbers need a `valueRange`.
 */
export function imageOf(
  path: string,
  stored: NumericPixels,
  options: ReadImageOptions,
): Raster<Float32Array> {
  const { height, width, channels, data } = stored;
  return imageConverter(path, stored, options)({ height, width, channels, data });
}
