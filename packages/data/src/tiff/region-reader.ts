import type { Box, ImageSource, Raster } from '@segkit/core';

import type { NumericPixels } from '../reading/decode-pixels.js';
import { toChannels, type ReadImageOptions } from '../reading/read-image.js';
import { rangeOf, type ValueRange } from '../reading/scale-pixels.js';
import type { ChunkLayout } from './tiff-regions.js';

/** Bytes of decoded chunks that are kept for the next region. */
const cacheBytes = 2 ** 28;

/** Reads regions of an image by decoding the chunks that they touch, and keeps those that were used last. */
export async function regionReader(
  layout: ChunkLayout,
  { channels, valueRange }: ReadImageOptions,
): Promise<ImageSource> {
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
  const stored = (await decoded(0, 0)).channels;
  return {
    ...{ height: layout.height, width: layout.width, channels: channels ?? stored },
    read: async (box) => {
      const region = await readRegion(layout, decoded, { box, valueRange }, stored);
      return toChannels(region, channels);
    },
  };
}

async function readRegion(
  layout: ChunkLayout,
  decoded: (row: number, column: number) => Promise<NumericPixels>,
  { box, valueRange }: { readonly box: Box; readonly valueRange: ValueRange | undefined },
  channels: number,
): Promise<Raster<Float32Array>> {
  const data = new Float32Array(box.height * box.width * channels);
  const firstColumn = Math.floor(box.left / layout.chunkWidth);
  const lastRow = Math.floor((box.top + box.height - 1) / layout.chunkHeight);
  const lastColumn = Math.floor((box.left + box.width - 1) / layout.chunkWidth);
  for (let row = Math.floor(box.top / layout.chunkHeight); row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const origin = { top: row * layout.chunkHeight, left: column * layout.chunkWidth };
      const chunk = await decoded(row, column);
      copyInto(data, box, chunk, { ...origin, range: valueRange ?? rangeOf(layout.path, chunk) });
    }
  }
  return { height: box.height, width: box.width, channels, data };
}

/** Copies that part of a chunk which lies in the box, as numbers in [0, 1]. */
function copyInto(
  data: Float32Array,
  box: Box,
  chunk: NumericPixels,
  origin: { readonly top: number; readonly left: number; readonly range: ValueRange },
): void {
  const { channels } = chunk;
  const [low, high] = origin.range;
  const top = Math.max(box.top, origin.top);
  const bottom = Math.min(box.top + box.height, origin.top + chunk.height);
  const left = Math.max(box.left, origin.left);
  const right = Math.min(box.left + box.width, origin.left + chunk.width);
  for (let y = top; y < bottom; y++) {
    let from = ((y - origin.top) * chunk.width + left - origin.left) * channels;
    let to = ((y - box.top) * box.width + left - box.left) * channels;
    for (let i = (right - left) * channels; i > 0; i--) {
      const value = ((chunk.data[from++] as number) - low) / (high - low);
      data[to++] = value < 0 ? 0 : value > 1 ? 1 : value;
    }
  }
}
