import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataError, messageOf, type ImageSource } from '@segkit/core';
import sharp, { type Metadata } from 'sharp';

import { cropRaster } from '../rasters/crop-raster.js';
import { readImage, type ReadImageOptions } from '../reading/read-image.js';
import { geoFieldsOf, type GeoFields } from './geo-fields.js';
import { largeImage, openTiff } from './open-tiff.js';
import { regionReader } from './region-reader.js';

/** An image file that is read piece by piece where its format allows that. */
export interface FileSource extends ImageSource {
  /** Where on earth the image lies, as its fields say; `undefined` if it does not. */
  readonly geo: GeoFields | undefined;
  /** Whether no more than parts of it are ever in memory. */
  readonly partial: boolean;
  /** Closes the file. */
  close(): Promise<void>;
}

/**
 * Opens a PNG, JPEG or TIFF to read parts of it. Strips and tiles of TIFFs are decoded as they are asked for; other files up to
 * 4096 x 4096 pixels, and TIFFs that lie on their side, are read whole, larger ones copied to a tiled TIFF in the system's
 * temporary folder when they are read for the first time.
 * @throws DataError as `readImage` does.
 */
export async function openImageSource(
  path: string,
  options: ReadImageOptions = {},
): Promise<FileSource> {
  const tiff = await openTiff(path);
  if (tiff === undefined) return wholeOrCopied(path, options);
  try {
    const geo = geoFieldsOf(tiff.directory);
    if (tiff.inParts) {
      const reader = await regionReader(tiff.layout, options);
      return { ...reader, geo, partial: true, close: () => tiff.close() };
    }
    await tiff.close();
    return { ...(await wholeOrCopied(path, options)), geo };
  } catch (error) {
    await tiff.close();
    throw error;
  }
}

async function wholeOrCopied(path: string, options: ReadImageOptions): Promise<FileSource> {
  const header = await sharp(path, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (header !== undefined && header.width * header.height > largeImage) {
    return copiedSource(path, header, options);
  }
  // Says what is wrong with a file that has no header.
  const image = await readImage(path, options);
  return {
    ...{ height: image.height, width: image.width, channels: image.channels },
    read: (box) => Promise.resolve(cropRaster(image, box)),
    geo: undefined,
    partial: false,
    close: () => Promise.resolve(),
  };
}

/** A source that copies its file when it is read for the first time. */
function copiedSource(path: string, header: Metadata, options: ReadImageOptions): FileSource {
  let copy: Promise<FileSource> | undefined;
  const { height, width } = header.autoOrient;
  return {
    ...{ height, width, channels: options.channels ?? (header.channels < 3 ? 1 : 3) },
    read: async (box) => {
      copy ??= copyToTiff(path, header, options);
      return (await copy).read(box);
    },
    geo: undefined,
    partial: true,
    close: async () => {
      await (await copy?.catch(() => undefined))?.close();
    },
  };
}

/** Copies a large image to a tiled TIFF, row by row. */
async function copyToTiff(
  path: string,
  { channels, depth }: Metadata,
  options: ReadImageOptions,
): Promise<FileSource> {
  const copy = join(tmpdir(), `segkit-${randomUUID()}.tif`);
  const gray = channels < 3;
  const space = depth === 'ushort' ? (gray ? 'grey16' : 'rgb16') : gray ? 'b-w' : 'srgb';
  const remove = () => rm(copy, { force: true });
  try {
    await sharp(path, {
      ...{ limitInputPixels: false, sequentialRead: true, autoOrient: true, ignoreIcc: true },
    })
      .removeAlpha()
      .toColourspace(space)
      .tiff({ tile: true, tileWidth: 256, tileHeight: 256, compression: 'lzw', bigtiff: true })
      .toFile(copy);
    const source = await openImageSource(copy, options);
    return { ...source, close: () => source.close().finally(remove) };
  } catch (error) {
    await remove();
    throw new DataError(
      `${path}: expected a whole image, found a damaged or cut off one (${messageOf(error).trim()}); copy or download it again.`,
      { cause: error },
    );
  }
}
