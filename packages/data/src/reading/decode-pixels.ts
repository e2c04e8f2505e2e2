import { DataError, messageOf, type Box, type Raster } from '@segkit/core';
import sharp, { type Metadata } from 'sharp';

/** The file formats that images may have. */
export type ImageFormat = 'png' | 'jpeg' | 'tiff';

const names: Record<ImageFormat, string> = { png: 'PNG', jpeg: 'JPEG', tiff: 'TIFF' };

/** Pixels as they are stored: 8 or 16 bits, 1 or 3 channels. */
export interface StoredPixels extends Raster<Uint8Array | Uint16Array> {
  readonly format: ImageFormat;
}

function isImageFormat(format: string): format is ImageFormat {
  return format in names;
}

async function readMetadata(path: string, bytes: Buffer | undefined): Promise<Metadata> {
  try {
    return await sharp(bytes ?? path).metadata();
  } catch (error) {
    const message = messageOf(error);
    const found = message.includes('unsupported image format')
      ? 'found some other format; convert it'
      : `found a damaged header (${message.trim()}); copy or download the file again`;
    throw new DataError(`${path}: expected a PNG, JPEG or TIFF, ${found}.`, { cause: error });
  }
}

/** @throws DataError if the file is of a kind that cannot be read exactly. */
function checkKind(path: string, { format, depth, pages }: Metadata): ImageFormat {
  if (!isImageFormat(format)) {
    throw new DataError(`${path}: expected a PNG, JPEG or TIFF, found ${format}; convert it.`);
  }
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw new DataError(
      `${path}: expected 8 or 16 bits per channel, found samples of type "${depth}"; convert the file to 16 bits.`,
    );
  }
  if (pages !== undefined && pages > 1) {
    throw new DataError(
      `${path}: expected one image, found ${String(pages)} pages; save every page as a file of its own.`,
    );
  }
  return format;
}

/**
 * Decodes an image without changing a value: colour profiles are not applied, alpha is dropped, palettes are
 * expanded, and the EXIF orientation is applied.
 * @param path - Names the file in errors.
 * @param region - The part to decode, of a file that is stored upright; without it the whole image.
 * @param bytes - The file's content; `undefined` reads from the path what the region needs.
 * @throws DataError if the bytes are no PNG, JPEG or TIFF of 8 or 16 bits, or damaged, or cut off.
 */
export async function decodePixels(
  path: string,
  bytes: Buffer | undefined,
  region?: Box,
): Promise<StoredPixels> {
  const metadata = await readMetadata(path, bytes);
  const format = checkKind(path, metadata);
  const gray = metadata.channels < 3;
  const wide = metadata.depth === 'ushort';
  const whole = sharp(bytes ?? path, {
    autoOrient: region === undefined,
    ignoreIcc: true,
    // Of a region only its own pixels are decoded, however large the image is.
    limitInputPixels: region === undefined,
  });
  const upright = (region === undefined ? whole : whole.extract(region)).removeAlpha();
  const pipeline = wide
    ? upright.toColourspace(gray ? 'grey16' : 'rgb16').raw({ depth: 'ushort' })
    : upright.toColourspace(gray ? 'b-w' : 'srgb').raw();
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
  const { buffer, byteOffset, length } = decoded.data;
  // A copy owns its memory from offset 0, which the 16-bit view needs.
  const data = wide
    ? new Uint16Array(Uint8Array.from(decoded.data).buffer)
    : new Uint8Array(buffer, byteOffset, length);
  const { height, width, channels } = decoded.info;
  return { height, width, channels, data, format };
}
