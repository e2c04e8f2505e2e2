import type { Raster } from '@segkit/core';

/** An image in [0, 1]; one that a transform normalised is stretched to that range. */
export function visibleImage(image: Raster<Float32Array>): Raster<Float32Array> {
  let low = Infinity;
  let high = -Infinity;
  for (const value of image.data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low >= 0 && high <= 1) return image;
  return { ...image, data: image.data.map((value) => (value - low) / (high - low || 1)) };
}
