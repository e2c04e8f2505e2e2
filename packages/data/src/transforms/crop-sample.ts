import { DataError, formatSize, type Sample, type Size } from '@segkit/core';

import { cropRaster, type Box } from '../rasters/crop-raster.js';
import { mapRasters } from './map-rasters.js';

/**
 * Cuts the same box out of every raster of a sample. A prediction for the crop stays a crop: what earlier transforms
 * would have restored is forgotten.
 * @throws ShapeError if the box reaches outside.
 */
export function cropSample(sample: Sample, box: Box): Sample {
  const { restore: _, ...cropped } = mapRasters(sample, {
    smooth: (raster) => cropRaster(raster, box),
    exact: (raster) => cropRaster(raster, box),
  });
  return cropped;
}

/** @throws DataError if a sample is smaller than the crop that the component at `path` makes. */
export function checkCropFits(path: string, name: string, sample: Sample, size: Size): void {
  const { id, image } = sample;
  if (image.height >= size.height && image.width >= size.width) return;
  throw new DataError(
    `${path}: expected images of at least ${formatSize(size)}, received ${formatSize(image)} ("${id}"); ` +
      `use a smaller crop, or put pad-to-multiple or resize before ${name}.`,
  );
}
