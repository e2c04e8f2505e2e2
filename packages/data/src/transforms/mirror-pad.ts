import { defineTransform, mapSize, type Sample } from '@segkit/core';
import * as z from 'zod';

import { cropRaster } from '../rasters/crop-raster.js';
import { padConstant, padReflect } from '../rasters/pad-raster.js';
import { mapRasters, withRestore } from './map-rasters.js';

const options = z.strictObject({
  margin: z
    .number()
    .int()
    .positive()
    .describe(
      'Rows and columns added on every side: what a network of valid convolutions takes off, 92 for the U-Net of 2015.',
    ),
});

/** What a config may say about a `mirror-pad`. */
export type MirrorPadOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'mirror-pad': MirrorPadOptions;
  }
}

/**
 * Enlarges a sample on every side by its mirror image. Added pixels do not count: their labels are `ignoreIndex`, their
 * instances and weights 0. The prediction is cropped back by `restore`.
 */
export function mirrorPadSample(sample: Sample, margin: number, ignoreIndex: number): Sample {
  const { height, width } = sample.image;
  const size = mapSize(sample.image, (length) => length + 2 * margin);
  const padded = mapRasters(sample, {
    smooth: (raster) => padReflect(raster, size, margin),
    exact: (raster, role) => padConstant(raster, size, role === 'labels' ? ignoreIndex : 0, margin),
  });
  return withRestore(padded, (prediction) =>
    cropRaster(prediction, { top: margin, left: margin, height, width }),
  );
}

/**
 * Shows a network of valid convolutions what its borders lack, so that it learns from whole images.
 * @see https://arxiv.org/abs/1505.04597
 */
export const mirrorPad = defineTransform({
  name: 'mirror-pad',
  description: 'Mirrors images beyond their borders, for networks of valid convolutions (U-Net).',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: ({ margin }, { labels }) => ({
    apply: (sample) => mirrorPadSample(sample, margin, labels.ignoreIndex),
  }),
});
