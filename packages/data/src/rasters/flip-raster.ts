import type { PixelArray, Raster } from '@segkit/core';

import { allocateLike } from './gather-raster.js';

/** Which axes to mirror. */
export interface Mirror {
  /** Left becomes right. */
  readonly horizontal: boolean;
  /** Top becomes bottom. */
  readonly vertical: boolean;
}

/** Turns every pixel around, of whose channels the last stands first. */
function restoreChannels(data: PixelArray, channels: number): void {
  for (let first = 0; 2 * first < channels - 1; first++) {
    const across = channels - 1 - 2 * first;
    for (let i = first; i < data.length; i += channels) {
      const value = data[i] as number;
      data[i] = data[i + across] as number;
      data[i + across] = value;
    }
  }
}

/** Mirrors a raster; doing it twice gives the raster back. */
export function flipRaster<T extends PixelArray>(
  raster: Raster<T>,
  { horizontal, vertical }: Mirror,
): Raster<T> {
  const { height, width, channels, data } = raster;
  const flipped = allocateLike(data, data.length);
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    const from = (vertical ? height - 1 - y : y) * row;
    flipped.set(data.subarray(from, from + row), y * row);
    // Backwards means channel by channel as well.
    if (horizontal) flipped.subarray(y * row, (y + 1) * row).reverse();
  }
  if (horizontal) restoreChannels(flipped, channels);
  return { height, width, channels, data: flipped };
}
