import type { Box, Size } from '@segkit/core';

import { loadSample, type LoadOptions, type SampleFiles } from './load-sample.js';

/** Pixels along the sides of a tile: 64 MiB of float32 with one channel, labels included. */
const side = 2048;

function* tilesOf({ height, width }: Size): Generator<Box> {
  for (let top = 0; top < height; top += side) {
    for (let left = 0; left < width; left += side) {
      yield {
        top,
        left,
        height: Math.min(side, height - top),
        width: Math.min(side, width - left),
      };
    }
  }
}

/**
 * Reads a large sample once, tile by tile, so that it never lies in memory as a whole.
 * @returns The channels of its image, and the pixels of its mask by code.
 * @throws DataError if a file cannot be read.
 */
export async function readInTiles(
  files: SampleFiles,
  size: Size,
  options: LoadOptions,
): Promise<{ readonly channels: number; readonly counts: ReadonlyMap<number, number> }> {
  const counts = new Map<number, number>();
  let channels = 0;
  for (const region of tilesOf(size)) {
    const tile = await loadSample(files, { ...options, region });
    channels = tile.sample.image.channels;
    for (const [code, count] of tile.counts) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return { channels, counts };
}
