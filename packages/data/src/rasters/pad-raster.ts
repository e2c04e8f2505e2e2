import type { PixelArray, Raster, Size } from '@segkit/core';

import { axisIndices, gatherRaster } from './gather-raster.js';

/**
 * The source of a position beyond the end of an axis, mirrored at its last pixel without repeating it:
 * `0 1 2 | 1 0 1 2 …`, as `numpy.pad(mode='reflect')`, also where the padding is longer than the axis.
 */
function reflect(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const phase = position % period;
  return phase < length ? phase : period - phase;
}

/**
 * Enlarges a raster at the bottom and at the right by its mirror image.
 * @param size - At least the raster's size on both axes.
 */
export function padReflect<T extends PixelArray>(raster: Raster<T>, size: Size): Raster<T> {
  return gatherRaster(
    raster,
    axisIndices(size.height, (y) => reflect(y, raster.height)),
    axisIndices(size.width, (x) => reflect(x, raster.width)),
  );
}

/**
 * Enlarges a raster at the bottom and at the right by one value.
 * @param size - At least the raster's size on both axes.
 */
export function padConstant<T extends PixelArray>(
  raster: Raster<T>,
  size: Size,
  value: number,
): Raster<T> {
  return gatherRaster(
    raster,
    axisIndices(size.height, (y) => (y < raster.height ? y : -1)),
    axisIndices(size.width, (x) => (x < raster.width ? x : -1)),
    value,
  );
}
