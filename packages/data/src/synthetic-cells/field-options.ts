import type { Size } from '@segkit/core';
import * as z from 'zod';

import { givesNoSize, givesOneSize, sizeFields, sizeOf } from '../transforms/size-options.js';

const count = z.number().int().min(0);

/** Option fields of data sets that draw fields of cells. */
export const fieldFields = {
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
  blur: z.number().min(0).default(0.9).describe('Standard deviation of the blur in pixels.'),
  shading: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe('How uneven the light is, from 0 (even) to 1.'),
};

type SizeOptions = Parameters<typeof sizeOf>[0];

/** Whether the options give at most one size; for `refine`. */
export function sizeIsClear(given: SizeOptions): boolean {
  return givesNoSize(given) || givesOneSize(given);
}

/** The complaint of a failed {@link sizeIsClear}. */
export const sizeError = { error: 'expected either size, or height and width, or none of them' };

/** Whether the fewest cells are at most the most; for `refine`. */
export function cellsAscend({ cells }: { readonly cells: readonly [number, number] }): boolean {
  return cells[0] <= cells[1];
}

/** The complaint of a failed {@link cellsAscend}. */
export const cellsError = {
  path: ['cells'],
  error: 'expected [fewest, most] with fewest <= most',
};

/** The size that the options give; default 128x128. */
export function fieldSizeOf(given: SizeOptions): Size {
  return sizeOf(given) ?? { height: 128, width: 128 };
}
