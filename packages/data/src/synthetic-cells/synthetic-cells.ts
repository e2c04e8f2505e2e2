import {
  ConfigError,
  DataError,
  defineDataset,
  randomStream,
  type Dataset,
  type Sample,
} from '@segkit/core';
import * as z from 'zod';

import { givesNoSize, givesOneSize, sizeFields, sizeOf } from '../transforms/size-options.js';
import { drawCellField, type CellFieldOptions } from './cell-field.js';

const count = z.number().int().min(0);

const options = z
  .strictObject({
    count: z.number().int().positive().default(64).describe('Images of the data set.'),
    ...sizeFields,
    size: sizeFields.size.describe('Height and width in pixels, for squares. Default: 128.'),
    cells: z
      .tuple([count, count])
      .readonly()
      .default([12, 22])
      .describe('Fewest and most cells of an image; a full image gets fewer.'),
    radius: z.number().min(2).default(11).describe('Mean radius of the cells in pixels.'),
    seed: z
      .number()
      .int()
      .default(0)
      .describe('Other seeds give other images; use different ones to train and to validate.'),
    noise: z.number().min(0).default(0.06).describe('Standard deviation of the noise.'),
    blur: z.number().min(0).default(0.9).describe('Standard deviation of the blur in pixels.'),
    shading: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe('How uneven the light is, from 0 (even) to 1.'),
  })
  .refine((given) => givesNoSize(given) || givesOneSize(given), {
    error: 'expected either size, or height and width, or none of them',
  })
  .refine(({ cells }) => cells[0] <= cells[1], {
    path: ['cells'],
    error: 'expected [fewest, most] with fewest <= most',
  });

/** What a config may say about `synthetic-cells`. */
export type SyntheticCellsOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface DatasetOptions {
    'synthetic-cells': SyntheticCellsOptions;
  }
}

/** Draws sample `index` of the data set of a seed; the same numbers always give the same sample. */
function drawSample(field: CellFieldOptions, seed: number, index: number): Sample {
  const stream = randomStream(seed).fork('synthetic-cells').fork(index);
  return { id: `cells-${String(seed)}-${String(index)}`, ...drawCellField(field, stream) };
}

/**
 * Microscopy-like fields of touching cells with labels (0 background, 1 cell) and object ids, drawn when asked for.
 * The images depend on the options alone, not on the config's seed.
 */
export const syntheticCells = defineDataset({
  name: 'synthetic-cells',
  description: 'Generated fields of touching cells with noise, blur and uneven light.',
  options,
  create: ({ count: length, seed, ...given }, { labels, path }): Dataset => {
    if (labels.classes.length !== 2) {
      throw new ConfigError(
        `${path}: synthetic-cells needs two classes in data.labels (background and cell), received ${String(labels.classes.length)}.`,
      );
    }
    const field = { ...given, ...(sizeOf(given) ?? { height: 128, width: 128 }) };
    return {
      length,
      channels: 1,
      prepare: () => Promise.resolve(),
      load: (index) =>
        index >= 0 && index < length
          ? Promise.resolve(drawSample(field, seed, index))
          : Promise.reject(
              new DataError(
                `${path}: expected an index in 0..${String(length - 1)}, received ${String(index)}.`,
              ),
            ),
    };
  },
});
