import type { PixelArray, Raster } from '@segkit/core';

import { flipRaster } from './flip-raster.js';
import { allocateLike } from './gather-raster.js';

/** Pixels along each side of the blocks that are turned at once, so that both their rows and columns stay in cache. */
const block = 16;

/** Turns a quarter: `out(y, x) = in(x, last - y)` counter-clockwise, `in(last - x, y)` clockwise. */
function turnQuarter<T extends PixelArray>(raster: Raster<T>, clockwise: boolean): Raster<T> {
  const { height, width, channels, data } = raster;
  const turned = allocateLike(data, data.length);
  for (let top = 0; top < height; top += block) {
    const bottom = Math.min(top + block, height);
    for (let left = 0; left < width; left += block) {
      const right = Math.min(left + block, width);
      for (let x = left; x < right; x++) {
        const row = clockwise ? x : width - 1 - x;
        for (let y = top; y < bottom; y++) {
          const from = (y * width + x) * channels;
          const to = (row * height + (clockwise ? height - 1 - y : y)) * channels;
          for (let c = 0; c < channels; c++) turned[to + c] = data[from + c] as number;
        }
      }
    }
  }
  return { height: width, width: height, channels, data: turned };
}

/**
 * Turns a raster by quarter turns counter-clockwise, as `numpy.rot90` does; an odd number swaps height and width.
 * @param turns - Any integer; -1 turns clockwise.
 */
export function rotateRaster<T extends PixelArray>(raster: Raster<T>, turns: number): Raster<T> {
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return turnQuarter(raster, false);
    case 2:
      return flipRaster(raster, { horizontal: true, vertical: true });
    case 3:
      return turnQuarter(raster, true);
    default:
      return raster;
  }
}
