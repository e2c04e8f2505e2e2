import { DataError, messageOf, type Raster } from '@segkit/core';
import sharp, { type Metadata, type Sharp } from 'sharp';

import { checkPng } from './check-png.js';
import { plainPixels } from './plain-pixels.js';
import { readJpegHeader } from './read-jpeg-header.js';
import { readPngHeader } from './png-header.js';
import { fullPages } from './tiff-pages.js';

/** The file formats that images may have. */
export type ImageFormat = 'png' | 'jpeg' | 'tiff';

const names: Record<ImageFormat, string> = { png: 'PNG', jpeg: 'JPEG', tiff: 'TIFF' };

/** Pixels as they are stored: 8 or 16 bits as they are, floats and other whole numbers as float32. */
export interface NumericPixels extends Raster<Uint8Array | Uint16Array | Float32Array> {
  /** Whether float32 stands for whole numbers. */
  readonly whole: boolean;
}

/** The pixels of a file, 1 or 3 channels. */
export interface StoredPixels extends NumericPixels {
  readonly format: ImageFormat;
}

/** Where to read. */
export interface DecodeOptions {
  /** Page of a file of several images, from 0. Without it such a file is an error. */
  readonly page?: number | undefined;
  /** Whether to turn the image as its EXIF orientation says. Default: apply. */
  readonly exif?: 'apply' | 'ignore' | undefined;
}

/** What decoding goes by. */
type PixelKind = Pick<Metadata, 'space' | 'channels' | 'hasAlpha' | 'depth' | 'pages'> & {
  readonly format: ImageFormat;
};

function isImageFormat(format: string): format is ImageFormat {
  return format in names;
}

/**
 * What the file says of itself.
 * @param source - The file's bytes, or its path to have it read piece by piece.
 * @throws DataError if it is no PNG, JPEG or TIFF.
 */
export async function readMetadata(
  path: string,
  source: Buffer | string,
): Promise<Metadata & { readonly format: ImageFormat }> {
  let metadata;
  try {
    metadata = await sharp(source).metadata();
  } catch (error) {
    const message = messageOf(error);
    const found = message.includes('unsupported image format')
      ? 'found some other format; convert it'
      : `found a damaged header (${message.trim()}); copy or download the file again`;
    throw new DataError(`${path}: expected a PNG, JPEG or TIFF, ${found}.`, { cause: error });
  }
  const { format } = metadata;
  if (isImageFormat(format)) return { ...metadata, format };
  throw new DataError(`${path}: expected a PNG, JPEG or TIFF, found ${format}; convert it.`);
}

/** What an ordinary JPEG says of itself, without asking a library. */
function jpegKind(source: Buffer | string): PixelKind | undefined {
  const header = typeof source === 'string' ? undefined : readJpegHeader(source);
  if (header?.bits !== 8 || (header.channels !== 1 && header.channels !== 3)) return undefined;
  const { channels } = header;
  return { format: 'jpeg', depth: 'uchar', channels, space: 'srgb', hasAlpha: false };
}

/** @throws DataError if the file is of a kind that cannot be read exactly. */
function checkKind(path: string, { space, channels, hasAlpha }: PixelKind): void {
  if (space === 'cmyk') {
    throw new DataError(
      `${path}: expected gray or RGB, found CMYK, whose colours depend on a printer's profile; convert it to RGB.`,
    );
  }
  const colors = channels - (hasAlpha ? 1 : 0);
  if (colors !== 1 && colors !== 3) {
    throw new DataError(
      `${path}: expected 1 or 3 channels, and maybe alpha, found ${String(channels)}; save the channels to use as RGB or gray.`,
    );
  }
}

/**
 * The page that is the image.
 * @throws DataError if there are several.
 */
async function onlyPage(path: string, source: Buffer | string, pages: number): Promise<number> {
  const full = (await fullPages(source)) ?? [...new Array<undefined>(pages).keys()];
  if (full.length === 1) return full[0] ?? 0;
  throw new DataError(
    `${path}: expected one image, found ${String(full.length)} pages; read it with the data set "tiff-stack", or save every page as a file of its own.`,
  );
}

/** Sets a pipeline to give the stored numbers. */
function asStored(image: Sharp, { depth, channels }: PixelKind): Sharp {
  const gray = channels < 3;
  if (depth === 'uchar') return image.toColourspace(gray ? 'b-w' : 'srgb').raw();
  if (depth === 'ushort') {
    return image.toColourspace(gray ? 'grey16' : 'rgb16').raw({ depth: 'ushort' });
  }
  return image.toColourspace(gray ? 'b-w' : 'scrgb').raw({ depth: 'float' });
}

/** Raw bytes as the numbers that {@link asStored} asked for. */
function numbersOf(depth: string, raw: Buffer<ArrayBuffer>): StoredPixels['data'] {
  if (depth === 'uchar') return new Uint8Array(raw.buffer, raw.byteOffset, raw.length);
  // A copy begins at offset 0, which views of wider numbers need.
  const { buffer } = new Uint8Array(raw);
  return depth === 'ushort' ? new Uint16Array(buffer) : new Float32Array(buffer);
}

/**
 * Decodes an image without changing a value: colour profiles are not applied, alpha is dropped, palettes are
 * expanded, and the EXIF orientation is applied unless it is to be ignored.
 * @param path - Names the file in errors.
 * @param source - The file's bytes, or its path to have it read piece by piece.
 * @throws DataError if it is no PNG, JPEG or TIFF of gray or RGB, or damaged, cut off, animated or of several pages.
 */
export async function decodePixels(
  path: string,
  source: Buffer | string,
  { page: given, exif = 'apply' }: DecodeOptions = {},
): Promise<StoredPixels> {
  const bytes = typeof source === 'string' ? undefined : source;
  const header = bytes && readPngHeader(bytes);
  const plain = bytes && header && plainPixels(bytes, header);
  if (plain !== undefined) return { ...plain, format: 'png' };
  const kind = jpegKind(source) ?? (await readMetadata(path, source));
  const { format, depth, pages = 1 } = kind;
  checkKind(path, kind);
  if (header !== undefined) checkPng(path, header);
  const page = given ?? (pages > 1 ? await onlyPage(path, source, pages) : undefined);
  const options = {
    autoOrient: exif === 'apply',
    ignoreIcc: true,
    ...(page !== undefined && { page }),
  };
  const pipeline = asStored(sharp(source, options).removeAlpha(), kind);
  let decoded;
  try {
    decoded = await pipeline.toBuffer({ resolveWithObject: true });
  } catch (error) {
    const message = messageOf(error).trim();
    throw new DataError(
      `${path}: expected a whole ${names[format]}, found a damaged or cut off one (${message}); copy or download it again.`,
      { cause: error },
    );
  }
  const data = numbersOf(depth, decoded.data);
  const { height, width, channels } = decoded.info;
  const whole = depth !== 'float' && depth !== 'double';
  return { height, width, channels, data, format, whole };
}
