import { defineTransform, mapSize, sameSize, type Sample } from '@segkit/core';
import * as z from 'zod';

import { cropRaster } from '../rasters/crop-raster.js';
import { padConstant, padReflect } from '../rasters/pad-raster.js';
import { mapRasters, withRestore } from './map-rasters.js';

const options = z.strictObject({
  multiple: z
    .number()
    .int()
    .positive()
    .default(32)
    .describe('Height and width become multiples of this many pixels.'),
  mode: z
    .enum(['reflect', 'zero'])
    .default('reflect')
    .describe('What the added pixels show: the mirror image, or 0.'),
});

/** What a config may say about a `pad-to-multiple`. */
export type PadToMultipleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'pad-to-multiple': PadToMultipleOptions;
  }
}

/**
 * Enlarges a sample at the bottom and right to multiples of `multiple`. Added pixels do not count: their labels are
 * `ignoreIndex`, their instances and weights 0. The prediction is cropped back by `restore`.
 */
export function padSample(
  sample: Sample,
  { multiple, mode }: z.output<typeof options>,
  ignoreIndex: number,
): Sample {
  const { height, width } = sample.image;
  const size = mapSize(sample.image, (length) => Math.ceil(length / multiple) * multiple);
  if (sameSize(sample.image, size)) return sample;
  const padded = mapRasters(sample, {
    smooth: (raster) =>
      mode === 'reflect' ? padReflect(raster, size) : padConstant(raster, size, 0),
    exact: (raster, role) => padConstant(raster, size, role === 'labels' ? ignoreIndex : 0),
  });
  return withRestore(padded, (prediction) =>
    cropRaster(prediction, { top: 0, left: 0, height, width }),
  );
}

/** Enlarges samples of any size to sizes that a network with that output stride takes. */
export const padToMultiple = defineTransform({
  name: 'pad-to-multiple',
  description: 'Pads images to a multiple of the network’s stride; predictions are cropped back.',
  options,
  create: (padding, { labels }) => ({
    apply: (sample) => padSample(sample, padding, labels.ignoreIndex),
  }),
});
