import type { Box } from '@segkit/core';

import type { NumericPixels } from '../reading/decode-pixels.js';
import type { ChunkLayout } from './tiff-regions.js';

/** Bytes of decoded chunks that are kept for the next region. */
const cacheBytes = 2 ** 28;

/** Regions of an image, as they are stored. */
export interface StoredRegions {
  /** @throws DataError if the file is cut off or damaged there. */
  read(box: Box): Promise<NumericPixels>;
}

/** Reads regions of an image by decoding the chunks that they touch, and keeps those that were used last. */
export function storedRegions(layout: ChunkLayout): StoredRegions {
  const cache = new Map<string, Promise<NumericPixels>>();
  const chunkBytes = 6 * layout.chunkHeight * layout.chunkWidth;
  const capacity = Math.max(4, Math.floor(cacheBytes / chunkBytes));
  const decoded = (row: number, column: number): Promise<NumericPixels> => {
    const key = `${String(row)},${String(column)}`;
    const known = cache.get(key) ?? layout.decode(layout.chunkAt(row, column));
    // The one that was used last goes to the end.
    cache.delete(key);
    cache.set(key, known);
    if (cache.size > capacity) cache.delete(String(cache.keys().next().value));
    return known;
  };
  return {
    read: async (box) => {
      const firstRow = Math.floor(box.top / layout.chunkHeight);
      const firstColumn = Math.floor(box.left / layout.chunkWidth);
      const lastRow = Math.floor((box.top + box.height - 1) / layout.chunkHeight);
      const lastColumn = Math.floor((box.left + box.width - 1) / layout.chunkWidth);
      const { channels, data: kind, whole } = await decoded(firstRow, firstColumn);
      const data = emptyLike(kind, box.height * box.width * channels);
      for (let row = firstRow; row <= lastRow; row++) {
        for (let column = firstColumn; column <= lastColumn; column++) {
          const top = row * layout.chunkHeight;
          copyInto(data, box, await decoded(row, column), top, column * layout.chunkWidth);
        }
      }
      return { height: box.height, width: box.width, channels, data, whole };
    },
  };
}

function emptyLike(data: NumericPixels['data'], length: number): NumericPixels['data'] {
  if (data instanceof Uint8Array) return new Uint8Array(length);
  return data instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);
}

/** Copies that part of a chunk which lies in the box. */
function copyInto(
  data: NumericPixels['data'],
  box: Box,
  chunk: NumericPixels,
  chunkTop: number,
  chunkLeft: number,
): void {
  const { channels } = chunk;
  const top = Math.max(box.top, chunkTop);
  const bottom = Math.min(box.top + box.height, chunkTop + chunk.height);
  const left = Math.max(box.left, chunkLeft);
  const right = Math.min(box.left + box.width, chunkLeft + chunk.width);
  for (let y = top; y < bottom; y++) {
    const from = ((y - chunkTop) * chunk.width + left - chunkLeft) * channels;
    const to = ((y - box.top) * box.width + left - box.left) * channels;
    data.set(chunk.data.subarray(from, from + (right - left) * channels), to);
  }
}
