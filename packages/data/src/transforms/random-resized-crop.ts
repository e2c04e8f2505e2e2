import { defineTransform, type RandomStream, type Sample, type Size } from '@segkit/core';
import * as z from 'zod';

import type { Box } from '../rasters/crop-raster.js';
import { resizeAntialiased } from '../rasters/resize-antialiased.js';
import { resizeBilinear } from '../rasters/resize-bilinear.js';
import { resizeNearest } from '../rasters/resize-nearest.js';
import { cropSample } from './crop-sample.js';
import { mapRasters } from './map-rasters.js';
import { drawFrom, type Range } from './range-option.js';
import { givesOneSize, oneSizeMessage, sizeFields, sizeOf } from './size-options.js';

const ascending = ([low, high]: Range): boolean => low <= high;
const pairOf = (item: z.ZodNumber) =>
  z.tuple([item, item]).readonly().refine(ascending, { error: 'expected the lower bound first' });

const options = z
  .strictObject({
    ...sizeFields,
    scale: pairOf(z.number().positive().max(1))
      .default([0.08, 1])
      .describe("The box's area, lowest and highest, in shares of the image's."),
    ratio: pairOf(z.number().positive())
      .default([3 / 4, 4 / 3])
      .describe("The box's width over its height, lowest and highest."),
  })
  .refine(givesOneSize, { error: oneSizeMessage });

/** What a config may say about a `random-resized-crop`. */
export type RandomResizedCropOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'random-resized-crop': RandomResizedCropOptions;
  }
}

/** What a box may look like. */
interface BoxRanges {
  readonly scale: Range;
  readonly ratio: Range;
}

/** Boxes tried before the middle of the image is taken. */
const tries = 10;

/** A box inside an image, as torchvision draws it. */
export function drawBox(
  { height, width }: Size,
  { scale, ratio }: BoxRanges,
  random: RandomStream,
): Box {
  const [lowest, highest] = ratio;
  for (let attempt = 0; attempt < tries; attempt++) {
    const area = height * width * drawFrom(scale, random);
    const aspect = Math.exp(drawFrom([Math.log(lowest), Math.log(highest)], random));
    const box = {
      height: Math.round(Math.sqrt(area / aspect)),
      width: Math.round(Math.sqrt(area * aspect)),
    };
    const fits = box.height > 0 && box.width > 0 && box.height <= height && box.width <= width;
    if (!fits) continue;
    const top = random.integer(height - box.height + 1);
    const left = random.integer(width - box.width + 1);
    return { ...box, top, left };
  }
  // The largest box of a permitted shape in the middle; a very long image gives at least one pixel.
  const box = {
    height: Math.max(1, Math.min(height, Math.round(width / lowest))),
    width: Math.max(1, Math.min(width, Math.round(height * highest))),
  };
  const top = Math.floor((height - box.height) / 2);
  return { ...box, top, left: Math.floor((width - box.width) / 2) };
}

/** Cuts a box out of a sample and brings it to a size. */
function resizeBox(sample: Sample, box: Box, size: Size): Sample {
  return mapRasters(cropSample(sample, box), {
    smooth: (raster) => resizeAntialiased(raster, size),
    weights: (raster) => resizeBilinear(raster, size),
    exact: (raster) => resizeNearest(raster, size),
  });
}

/**
 * Cuts out a box of random area, shape and place and brings it to one size: image and target bilinearly (averaging where
 * they shrink), weights bilinearly, labels and instances by the nearest pixel. Images may have any size.
 */
export const randomResizedCrop = defineTransform({
  name: 'random-resized-crop',
  description: 'Cuts out a box of random area and shape, and resizes it to a fixed size.',
  source:
    'https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomResizedCrop.html',
  options,
  create: ({ scale, ratio, ...sizeOptions }) => {
    const size = sizeOf(sizeOptions);
    return {
      apply: (sample, random) =>
        resizeBox(sample, drawBox(sample.image, { scale, ratio }, random), size ?? sample.image),
    };
  },
});
