import type { PixelArray, Raster, Size } from '@segkit/core';

import { axisIndices, gatherRaster } from './gather-raster.js';

function nearest(from: number, to: number): Int32Array {
  return axisIndices(to, (position) =>
    Math.min(from - 1, Math.floor(((position + 0.5) * from) / to)),
  );
}

/**
 * Resizes by taking the pixel whose centre is nearest (half-pixel centres), so that labels stay aligned with an image
 * resized by {@link resizeBilinear}. Equals PyTorch's `interpolate(mode='nearest-exact')`.
 */
export function resizeNearest<T extends PixelArray>(raster: Raster<T>, size: Size): Raster<T> {
  return gatherRaster(
    raster,
    nearest(raster.height, size.height),
    nearest(raster.width, size.width),
  );
}
