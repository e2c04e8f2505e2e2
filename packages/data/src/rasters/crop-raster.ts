import { formatSize, ShapeError, type Box, type PixelArray, type Raster } from '@segkit/core';

import { axisIndices, gatherRaster } from './gather-raster.js';

export type { Box };

/**
 * Cuts a rectangle out of a raster.
 * @returns A new raster of the box's size.
 * @throws ShapeError if the box reaches outside.
 */
export function cropRaster<T extends PixelArray>(raster: Raster<T>, box: Box): Raster<T> {
  const { top, left, height, width } = box;
  const inside =
    top >= 0 && left >= 0 && top + height <= raster.height && left + width <= raster.width;
  if (!inside) {
    throw new ShapeError(
      `crop: expected a box inside ${formatSize(raster)}, received ${formatSize(box)} at row ${String(top)}, column ${String(left)}; use a smaller box.`,
    );
  }
  return gatherRaster(
    raster,
    axisIndices(height, (y) => top + y),
    axisIndices(width, (x) => left + x),
  );
}
