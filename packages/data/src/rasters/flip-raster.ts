import type { PixelArray, Raster } from '@segkit/core';

import { axisIndices, gatherRaster } from './gather-raster.js';

/** Which axes to mirror. */
export interface Mirror {
  /** Left becomes right. */
  readonly horizontal: boolean;
  /** Top becomes bottom. */
  readonly vertical: boolean;
}

/** Mirrors a raster; doing it twice gives the raster back. */
export function flipRaster<T extends PixelArray>(
  raster: Raster<T>,
  { horizontal, vertical }: Mirror,
): Raster<T> {
  const { height, width } = raster;
  return gatherRaster(
    raster,
    axisIndices(height, (y) => (vertical ? height - 1 - y : y)),
    axisIndices(width, (x) => (horizontal ? width - 1 - x : x)),
  );
}
