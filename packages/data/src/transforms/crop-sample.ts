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

/**
 * @param id - Names the sample, where it is known.
 * @throws DataError if an image is smaller than the crop that the component at `path` makes.
 */
export function checkCropFits(
  { path, name }: { readonly path: string; readonly name: string },
  image: Size,
  size: Size,
  id: string | undefined,
): void {
  if (image.height >= size.height && image.width >= size.width) return;
  const named = id === undefined ? '' : ` ("${id}")`;
  throw new DataError(
    `${path}: expected images of at least ${formatSize(size)}, received ${formatSize(image)}${named}; ` +
      `use a smaller crop, or put pad-to-multiple or resize before ${name}.`,
  );
}
