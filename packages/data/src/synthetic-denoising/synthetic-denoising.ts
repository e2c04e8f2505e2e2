import { defineDataset, randomStream, type Sample } from '@segkit/core';
import * as z from 'zod';

import { addNoise } from '../rasters/add-noise.js';
import { drawCellField, type CellFieldOptions } from '../synthetic-cells/cell-field.js';
import {
  cellsAscend,
  cellsError,
  fieldFields,
  fieldSizeOf,
  sizeError,
  sizeIsClear,
} from '../synthetic-cells/field-options.js';
import { generatedDataset } from '../synthetic-cells/generated-dataset.js';

const options = z
  .strictObject({
    ...fieldFields,
    noise: z
      .number()
      .min(0)
      .default(0.15)
      .describe('Standard deviation of the noise that is to be removed.'),
  })
  .refine(sizeIsClear, sizeError)
  .refine(cellsAscend, cellsError);

/** What a config may say about `synthetic-denoising`. */
export type SyntheticDenoisingOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface DatasetOptions {
    'synthetic-denoising': SyntheticDenoisingOptions;
  }
}

/** A field of cells without noise as the target, and the same with noise as the image. */
function drawSample(field: CellFieldOptions, noise: number, seed: number, index: number): Sample {
  const stream = randomStream(seed).fork('synthetic-denoising').fork(index);
  const { image: target } = drawCellField({ ...field, noise: 0 }, stream.fork('field'));
  const image = { ...target, data: target.data.slice() };
  addNoise(image.data, noise, stream.fork('noise'));
  return { id: `noisy-${String(seed)}-${String(index)}`, image, target };
}

/**
 * Pairs for an image-to-image task: generated fields of cells with Gaussian noise, cut to [0, 1], and the same without.
 * The clean images stay the same whatever the noise is.
 */
export const syntheticDenoising = defineDataset({
  name: 'synthetic-denoising',
  description: 'Generated fields of cells with noise as images, without noise as targets.',
  options,
  create: ({ count, seed, noise, ...given }, { path }) => {
    const field = { ...given, ...fieldSizeOf(given), noise };
    return generatedDataset(count, path, (index) => drawSample(field, noise, seed, index));
  },
});
