import { mirrorIndex, type PixelArray, type Raster, type Size } from '@segkit/core';

import { axisIndices, gatherRaster } from './gather-raster.js';

/**
 * Enlarges a raster at the bottom and at the right by its mirror image, as `numpy.pad(mode='reflect')`.
 * @param size - At least the raster's size on both axes.
 */
export function padReflect<T extends PixelArray>(raster: Raster<T>, size: Size): Raster<T> {
  return gatherRaster(
    raster,
    axisIndices(size.height, (y) => mirrorIndex(y, raster.height)),
    axisIndices(size.width, (x) => mirrorIndex(x, raster.width)),
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
