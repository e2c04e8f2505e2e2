import { mirrorIndex, type PixelArray, type Raster, type Size } from '@segkit/core';

import { axisIndices, gatherRaster } from './gather-raster.js';

/**
 * Enlarges a raster by its mirror image, as `numpy.pad(mode='reflect')`.
 * @param size - At least the raster's size on both axes.
 * @param before - Rows at the top and columns at the left that are added; the rest goes to the bottom and the right.
 */
export function padReflect<T extends PixelArray>(
  raster: Raster<T>,
  size: Size,
  before = 0,
): Raster<T> {
  return gatherRaster(
    raster,
    axisIndices(size.height, (y) => mirrorIndex(y - before, raster.height)),
    axisIndices(size.width, (x) => mirrorIndex(x - before, raster.width)),
  );
}

/**
 * Enlarges a raster by one value.
 * @param size - At least the raster's size on both axes.
 * @param before - Rows at the top and columns at the left that are added; the rest goes to the bottom and the right.
 */
export function padConstant<T extends PixelArray>(
  raster: Raster<T>,
  size: Size,
  value: number,
  before = 0,
): Raster<T> {
  const inside = (position: number, length: number): number =>
    position >= before && position < before + length ? position - before : -1;
  return gatherRaster(
    raster,
    axisIndices(size.height, (y) => inside(y, raster.height)),
    axisIndices(size.width, (x) => inside(x, raster.width)),
    value,
  );
}

/**
 * Enlarges a raster by its border pixels, as `numpy.pad(mode='edge')`.
 * @param size - At least the raster's size on both axes.
 * @param before - Rows at the top and columns at the left that are added; the rest goes to the bottom and the right.
 */
export function padEdge<T extends PixelArray>(
  raster: Raster<T>,
  size: Size,
  before = 0,
): Raster<T> {
  const nearest = (position: number, length: number): number =>
    Math.min(Math.max(position - before, 0), length - 1);
  return gatherRaster(
    raster,
    axisIndices(size.height, (y) => nearest(y, raster.height)),
    axisIndices(size.width, (x) => nearest(x, raster.width)),
  );
}
