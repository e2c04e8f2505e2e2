import { defineTransform, type Sample } from '@segkit/core';
import * as z from 'zod';

import { flipRaster, type Mirror } from '../rasters/flip-raster.js';
import { mapRasters, withRestore } from './map-rasters.js';

const options = z.strictObject({
  horizontal: z.boolean().default(true).describe('Exchange left and right in half of the samples.'),
  vertical: z
    .boolean()
    .default(true)
    .describe('Exchange top and bottom in half of the samples; false for scenes with a sky.'),
});

/** What a config may say about a `flip`. */
export type FlipOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    flip: FlipOptions;
  }
}

/** Mirrors every raster of a sample; the prediction is mirrored back by `restore`. */
export function flipSample(sample: Sample, mirror: Mirror): Sample {
  const flipped = mapRasters(sample, {
    smooth: (raster) => flipRaster(raster, mirror),
    exact: (raster) => flipRaster(raster, mirror),
  });
  return withRestore(flipped, (prediction) => flipRaster(prediction, mirror));
}

/** Mirrors half of the samples along each chosen axis. */
export const flip = defineTransform({
  name: 'flip',
  description: 'Mirrors samples, each axis with probability one half.',
  options,
  create: (axes) => ({
    moves: true,
    apply(sample, random) {
      // Both numbers are always drawn, so that one axis does not depend on whether the other is on.
      const horizontal = random.uniform() < 0.5 && axes.horizontal;
      const vertical = random.uniform() < 0.5 && axes.vertical;
      return horizontal || vertical ? flipSample(sample, { horizontal, vertical }) : sample;
    },
  }),
});
