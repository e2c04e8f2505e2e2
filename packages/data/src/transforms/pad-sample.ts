import type { Sample, Size } from '@segkit/core';

import { cropRaster } from '../rasters/crop-raster.js';
import { padConstant, padReflect } from '../rasters/pad-raster.js';
import { mapRasters, withRestore } from './map-rasters.js';

/** How a sample is enlarged. */
export interface SamplePadding {
  /** At least the image's on both axes. */
  readonly size: Size;
  /** Rows at the top and columns at the left that are added; the rest goes to the bottom and the right. */
  readonly before: number;
  /** What added pixels of images show: the mirror image, or 0. */
  readonly mode: 'reflect' | 'zero';
  /** Label of added pixels. */
  readonly ignoreIndex: number;
}

/**
 * Enlarges a sample. Added pixels do not count: their labels are `ignoreIndex`, their instances and weights 0. The
 * prediction is cropped back by `restore`.
 */
export function padSample(
  sample: Sample,
  { size, before, mode, ignoreIndex }: SamplePadding,
): Sample {
  const { height, width } = sample.image;
  const padded = mapRasters(sample, {
    smooth: (raster) =>
      mode === 'reflect' ? padReflect(raster, size, before) : padConstant(raster, size, 0, before),
    exact: (raster, role) => padConstant(raster, size, role === 'labels' ? ignoreIndex : 0, before),
  });
  return withRestore(padded, (prediction) =>
    cropRaster(prediction, { top: before, left: before, height, width }),
  );
}
