import { ConfigError, defineDataset, randomStream, type Sample } from '@segkit/core';
import * as z from 'zod';

import { drawCellField, type CellFieldOptions } from './cell-field.js';
import {
  cellsAscend,
  cellsError,
  fieldFields,
  fieldSizeOf,
  sizeError,
  sizeIsClear,
} from './field-options.js';
import { generatedDataset } from './generated-dataset.js';

const options = z
  .strictObject({
    ...fieldFields,
    noise: z.number().min(0).default(0.06).describe('Standard deviation of the noise.'),
  })
  .refine(sizeIsClear, sizeError)
  .refine(cellsAscend, cellsError);

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
  create: ({ count, seed, ...given }, { labels, path }) => {
    if (labels.classes.length !== 2) {
      throw new ConfigError(
        `${path}: synthetic-cells needs two classes in data.labels (background and cell), received ${String(labels.classes.length)}.`,
      );
    }
    const field = { ...given, ...fieldSizeOf(given) };
    return generatedDataset(count, path, (index) => drawSample(field, seed, index));
  },
});
