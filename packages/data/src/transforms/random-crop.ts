import {
  DataError,
  defineTransform,
  formatSize,
  type Box,
  type RandomStream,
  type Sample,
  type Size,
} from '@segkit/core';
import * as z from 'zod';

import { cropRaster } from '../rasters/crop-raster.js';
import { mapRasters } from './map-rasters.js';
import { givesOneSize, oneSizeMessage, sizeFields, sizeOf } from './size-options.js';

const options = z.strictObject(sizeFields).refine(givesOneSize, { error: oneSizeMessage });

/** What a config may say about a `random-crop`. */
export type RandomCropOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'random-crop': RandomCropOptions;
  }
}

/**
 * Cuts the same box out of every raster of a sample. A prediction for the crop stays a crop: what earlier transforms
 * would have restored is forgotten.
 * @throws DataError if the box does not fit.
 */
export function cropSample(sample: Sample, box: Box): Sample {
  const { restore: _, ...cropped } = mapRasters(sample, {
    smooth: (raster) => cropRaster(raster, box),
    exact: (raster) => cropRaster(raster, box),
  });
  return cropped;
}

function checkFits(path: string, image: Size, size: Size, id: string | undefined): void {
  if (image.height >= size.height && image.width >= size.width) return;
  const named = id === undefined ? '' : ` ("${id}")`;
  throw new DataError(
    `${path}: expected images of at least ${formatSize(size)}, received ${formatSize(image)}${named}; ` +
      'use a smaller crop, or put pad-to-multiple or resize before random-crop.',
  );
}

/** Cuts out a box at a random place, so that images of any size make batches of one size. */
export const randomCrop = defineTransform({
  name: 'random-crop',
  description: 'Cuts out a box of fixed size at a random place.',
  options,
  create: (sizeOptions, { path }) => {
    const size = sizeOf(sizeOptions);
    const region = (whole: Size, random: RandomStream, id?: string): Box => {
      const { height, width } = size ?? whole;
      checkFits(path, whole, { height, width }, id);
      const top = random.integer(whole.height - height + 1);
      const left = random.integer(whole.width - width + 1);
      return { top, left, height, width };
    };
    return {
      region: (whole, random) => region(whole, random),
      apply: (sample, random) => cropSample(sample, region(sample.image, random, sample.id)),
    };
  },
});
