import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataError, messageOf, type ImageSource } from '@segkit/core';
import sharp, { type Metadata } from 'sharp';

import { cropRaster } from '../rasters/crop-raster.js';
import { readImage, type ReadImageOptions } from '../reading/read-image.js';
import { readBytes } from '../reading/read-bytes.js';
import { geoFieldsOf, type GeoFields } from './geo-fields.js';
import { isTiff, readDirectory } from './read-directory.js';
import { tag } from './field-types.js';
import { regionReader } from './region-reader.js';
import { chunkLayout } from './tiff-regions.js';

/** An image file that is read piece by piece where its format allows that. */
export interface FileSource extends ImageSource {
  /** Where on earth the image lies, as its fields say; `undefined` if it does not. */
  readonly geo: GeoFields | undefined;
  /** Whether no more than parts of it are ever in memory. */
  readonly partial: boolean;
  /** Closes the file. */
  close(): Promise<void>;
}

/** Images of more pixels are never in memory as a whole. */
export const largeImage = 2 ** 24;

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
  const file = await open(path).catch(async (error: unknown) => {
    // Says what is wrong with the path.
    await readBytes(path);
    throw error;
  });
  try {
    const head = Buffer.alloc(16);
    const { bytesRead } = await file.read(head, 0, 16, 0);
    if (isTiff(head.subarray(0, bytesRead))) {
      const directory = await readDirectory(path, file);
      const geo = geoFieldsOf(directory);
      const layout = await chunkLayout(path, file, directory);
      const upright = (directory.numbers(tag.orientation)[0] ?? 1) === 1;
      if (upright && layout.chunkHeight * layout.chunkWidth <= largeImage) {
        const reader = await regionReader(layout, options);
        return { ...reader, geo, partial: true, close: () => file.close() };
      }
      await file.close();
      return { ...(await wholeOrCopied(path, options)), geo };
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return wholeOrCopied(path, options);
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
