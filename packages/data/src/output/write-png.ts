import { ShapeError, type Raster } from '@segkit/core';
import sharp from 'sharp';

import { writeAtomically } from './write-atomically.js';

/** Brightness in [0, 1] as 8 bits, rounded; values outside are cut off. */
export function toBytes(image: Raster<Float32Array>): Raster<Uint8Array> {
  const data = Uint8Array.from(image.data, (value) =>
    Math.round(255 * Math.min(1, Math.max(0, value))),
  );
  return { ...image, data };
}

/**
 * Encodes an image as PNG.
 * @param image - 1 or 3 channels: bytes as they are, 16-bit numbers as they are, or float32 in [0, 1] as 8 bits.
 * @throws ShapeError if it has another number of channels.
 */
export async function encodePng(
  image: Raster<Uint8Array | Uint16Array | Float32Array>,
): Promise<Uint8Array> {
  const { height, width, channels } = image;
  if (channels !== 1 && channels !== 3) {
    throw new ShapeError(
      `PNG: expected an image of 1 or 3 channels, received ${String(channels)}; write channels one by one.`,
    );
  }
  const data =
    image.data instanceof Float32Array ? toBytes({ ...image, data: image.data }).data : image.data;
  const wide = data instanceof Uint16Array;
  const space = channels === 1 ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb';
  return sharp(data, { raw: { height, width, channels } }).toColourspace(space).png().toBuffer();
}

/**
 * Writes an image as PNG, atomically.
 * @param image - As {@link encodePng} takes it.
 */
export async function writePng(
  path: string,
  image: Raster<Uint8Array | Uint16Array | Float32Array>,
): Promise<void> {
  await writeAtomically(path, await encodePng(image));
}
