import { defineTransform, sameSize, type Sample, type Size } from '@segkit/core';
import * as z from 'zod';

import { resizeBilinear } from '../rasters/resize-bilinear.js';
import { resizeNearest } from '../rasters/resize-nearest.js';
import { mapRasters, withRestore } from './map-rasters.js';
import { givesOneSize, oneSizeMessage, sizeFields, sizeOf } from './size-options.js';

const options = z.strictObject(sizeFields).refine(givesOneSize, { error: oneSizeMessage });

/** What a config may say about a `resize`. */
export type ResizeOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    resize: ResizeOptions;
  }
}

/**
 * Resizes a sample: image and target bilinearly, labels, instances and weights to the nearest pixel (both with
 * half-pixel centres). The prediction is resized back bilinearly by `restore`.
 */
export function resizeSample(sample: Sample, size: Size): Sample {
  const { height, width } = sample.image;
  if (sameSize(sample.image, size)) return sample;
  const resized = mapRasters(sample, {
    smooth: (raster) => resizeBilinear(raster, size),
    exact: (raster) => resizeNearest(raster, size),
  });
  return withRestore(resized, (prediction) => resizeBilinear(prediction, { height, width }));
}

/** Resizes every sample to one size; the sides' ratio is not kept. */
export const resize = defineTransform({
  name: 'resize',
  description: 'Resizes images bilinearly and labels to the nearest pixel.',
  options,
  create: (sizeOptions) => {
    const size = sizeOf(sizeOptions);
    return { apply: (sample) => (size === undefined ? sample : resizeSample(sample, size)) };
  },
});
