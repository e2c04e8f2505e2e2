import { defineTransform } from '@segkit/core';
import * as z from 'zod';

import { probability, sometimes } from '../transforms/probability.js';
import { drawFrom, spanOf, spanOption } from '../transforms/range-option.js';
import { changeLight, expectUnitRange } from './change-image.js';
import { raise } from './power-table.js';

const options = z.strictObject({
  gamma: spanOption(z.number().positive())
    .default([0.7, 1.5])
    .describe('Exponent of all values, or the range that it is drawn from; above 1 darkens.'),
  probability,
});

/** What a config may say about a `gamma`. */
export type GammaOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    gamma: GammaOptions;
  }
}

/**
 * Raises all values to a random power: `image ^ gamma`. A target image changes with its image.
 * @see https://doi.org/10.1038/s41592-020-01008-z (nnU-Net's range is the default)
 */
export const gamma = defineTransform({
  name: 'gamma',
  description: 'Raises the values of images in [0, 1] to a random power.',
  source: 'https://doi.org/10.1038/s41592-020-01008-z',
  options,
  create: ({ gamma: exponents, probability: share }, { path }) =>
    sometimes(share, (sample, random) => {
      expectUnitRange(path, 'gamma', sample);
      const exponent = drawFrom(spanOf(exponents), random);
      return changeLight(sample, ({ data }) => {
        raise(data, exponent);
      });
    }),
});
