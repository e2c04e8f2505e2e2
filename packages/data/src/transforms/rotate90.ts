import { defineTransform, type Sample } from '@segkit/core';
import * as z from 'zod';

import { rotateRaster } from '../rasters/rotate-raster.js';
import { mapRasters, withRestore } from './map-rasters.js';

const options = z.strictObject({});

/** What a config may say about a `rotate90`: nothing. */
export type Rotate90Options = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    rotate90: Rotate90Options;
  }
}

/** Turns every raster of a sample by quarter turns counter-clockwise; the prediction is turned back by `restore`. */
export function rotateSample(sample: Sample, turns: number): Sample {
  const turned = mapRasters(sample, {
    smooth: (raster) => rotateRaster(raster, turns),
    exact: (raster) => rotateRaster(raster, turns),
  });
  return withRestore(turned, (prediction) => rotateRaster(prediction, -turns));
}

/**
 * Turns samples by 0, 90, 180 or 270 degrees, each as likely. Images that are not square are turned by 0 or 180
 * degrees, so that a batch keeps one size.
 */
export const rotate90 = defineTransform({
  name: 'rotate90',
  description: 'Turns samples by random quarter turns (half turns where they are not square).',
  options,
  create: () => ({
    moves: true,
    apply(sample, random) {
      const { height, width } = sample.image;
      const turns = height === width ? random.integer(4) : 2 * random.integer(2);
      return turns === 0 ? sample : rotateSample(sample, turns);
    },
  }),
});
