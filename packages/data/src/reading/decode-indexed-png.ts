import { DataError, messageOf } from '@segkit/core';
import { decode } from 'fast-png';

import { checkPng } from './check-png.js';
import { decodePlainPng, type PlainPng } from './decode-plain-png.js';
import { readPngHeader } from './png-header.js';
import type { RawMask } from './raw-mask.js';

/** Pixels of one sample, and the colours of a palette. */
type IndexedPng = Pick<PlainPng, 'height' | 'width' | 'depth' | 'palette'> & {
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
};

/** Unpacks pixels of 1, 2 or 4 bits; every row starts at a byte, the first pixel in the high bits. */
function unpackBits({ width, height, depth, data }: IndexedPng): Uint8Array {
  const unpacked = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  const perByte = 8 / depth;
  const low = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowBytes + Math.floor(x / perByte)] as number;
      unpacked[y * width + x] = (byte >> (8 - depth * ((x % perByte) + 1))) & low;
    }
  }
  return unpacked;
}

/** @throws DataError if the file is damaged or cut off. */
function decodeByLibrary(path: string, bytes: Buffer): IndexedPng {
  try {
    return decode(bytes, { checkCrc: true });
  } catch (error) {
    const message = messageOf(error);
    throw new DataError(
      `${path}: expected a whole PNG, found a damaged or cut off one (${message}); copy or download it again.`,
      { cause: error },
    );
  }
}

/**
 * Decodes a palette PNG to its indices, or a gray PNG of fewer than 8 bits to its stored values; image libraries turn
 * the first into colours and stretch the second to 0-255, and either loses what the mask says.
 * @returns `undefined` if the bytes are no such PNG.
 * @throws DataError if the file is damaged, cut off, animated, turned by EXIF, or interlaced with fewer than 8 bits.
 */
export function decodeIndexedPng(path: string, bytes: Buffer): RawMask | undefined {
  const header = readPngHeader(bytes);
  if (header === undefined || !(header.indexed || header.bits < 8)) return undefined;
  checkPng(path, header);
  if (header.interlaced && header.bits < 8) {
    throw new DataError(
      `${path}: expected a mask without interlacing, found an interlaced PNG of ${String(header.bits)} bits; save it without interlacing.`,
    );
  }
  const png = decodePlainPng(bytes) ?? decodeByLibrary(path, bytes);
  const { height, width, depth, palette } = png;
  const stored = png.data instanceof Uint8Array ? png.data : Uint8Array.from(png.data);
  const data = depth < 8 ? unpackBits(png) : stored;
  return { height, width, channels: 1, data, ...(header.indexed && palette && { palette }) };
}
