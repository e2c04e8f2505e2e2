import type { PixelArray, Raster } from '@segkit/core';

import { flipRaster } from './flip-raster.js';
import { allocateLike } from './gather-raster.js';

/** Swaps rows and columns: `out(y, x) = in(x, y)`. */
function transposeRaster<T extends PixelArray>(raster: Raster<T>): Raster<T> {
  const { height, width, channels, data } = raster;
  const transposed = allocateLike(data, data.length);
  let from = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (x * height + y) * channels;
      for (let channel = 0; channel < channels; channel++) {
        transposed[to + channel] = data[from++] as number;
      }
    }
  }
  return { height: width, width: height, channels, data: transposed };
}

/**
 * Turns a raster by quarter turns counter-clockwise, as `numpy.rot90` does; an odd number swaps height and width.
 * @param turns - Any integer; -1 turns clockwise.
 */
export function rotateRaster<T extends PixelArray>(raster: Raster<T>, turns: number): Raster<T> {
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return flipRaster(transposeRaster(raster), { horizontal: false, vertical: true });
    case 2:
      return flipRaster(raster, { horizontal: true, vertical: true });
    case 3:
      return flipRaster(transposeRaster(raster), { horizontal: true, vertical: false });
    default:
      return raster;
  }
}
