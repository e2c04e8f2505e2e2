import { stat } from 'node:fs/promises';
import { extname } from 'node:path';

import { DataError, type LabelSchema, type Raster, type Sample } from '@segkit/core';

import { encodeLabelPng } from '../output/write-label-png.js';
import { encodePng } from '../output/write-png.js';
import { decodePixels } from '../reading/decode-pixels.js';
import { readBytes } from '../reading/read-bytes.js';
import { imageOf } from '../reading/read-image.js';

const kept = new Set(['jpg', 'jpeg', 'png', 'tif', 'tiff']);

/**
 * The files that a sample becomes in a shard, by extension. The image is its own file, if reading that gives these pixels,
 * or else a PNG of 8 bits, or 16 if 8 do not hold its values; labels are a palette PNG, object ids one of 16 bits.
 * @param file - The image's file, if it has one.
 * @throws DataError if the sample cannot be written so that it is read again as it is.
 */
export async function sampleParts(
  { id, image, labels, instances, target }: Sample,
  schema: LabelSchema,
  file: string | undefined,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (target !== undefined) {
    throw new DataError(
      `${id}: expected an image and a mask, found a target image; shards hold none.`,
    );
  }
  const [extension, bytes] = (await originalOf(image, file)) ?? ['png', await encodeImage(image)];
  const parts = new Map([[extension === 'png' ? 'image.png' : extension, bytes]]);
  if (instances !== undefined) parts.set('seg.png', await encodeIds(id, instances));
  else if (labels !== undefined) parts.set('seg.png', encodeLabelPng(labels, schema));
  return parts;
}

async function originalOf(
  image: Raster<Float32Array>,
  file: string | undefined,
): Promise<[string, Uint8Array] | undefined> {
  if (file === undefined) return undefined;
  const extension = extname(file).slice(1).toLowerCase();
  const found = await stat(file).catch(() => undefined);
  if (!kept.has(extension) || found?.isFile() !== true) return undefined;
  const bytes = await readBytes(file);
  try {
    const { data, channels } = imageOf(file, await decodePixels(file, bytes), {});
    const same = channels === image.channels && Buffer.from(data.buffer).equals(bytesOf(image));
    return same ? [extension, bytes] : undefined;
  } catch (error) {
    // Floats that only a valueRange tells the meaning of.
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

function bytesOf({ data }: Raster<Float32Array>): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function encodeImage(image: Raster<Float32Array>): Promise<Uint8Array> {
  const narrow = image.data.every((value) => Math.fround(Math.round(value * 255) / 255) === value);
  if (narrow) return encodePng(image);
  const data = Uint16Array.from(image.data, (value) => Math.round(65535 * value));
  return encodePng({ ...image, data });
}

function encodeIds(id: string, instances: Raster<Int32Array>): Promise<Uint8Array> {
  if (instances.data.some((value) => value < 0 || value > 65535)) {
    throw new DataError(`${id}: expected object ids 0..65535, which PNG can hold, found others.`);
  }
  return encodePng({ ...instances, data: Uint16Array.from(instances.data) });
}
