import { defineTransform } from '@segkit/core';
import * as z from 'zod';

import { probability, sometimes } from '../transforms/probability.js';
import { borderFields, surroundingsOf } from '../warp/border-options.js';
import { warpSample } from '../warp/warp-sample.js';
import { randomGridMap } from './grid-map.js';
import { randomNoiseMap } from './noise-map.js';

const options = z.strictObject({
  field: z
    .enum(['grid', 'smooth'])
    .default('grid')
    .describe(
      'Where displacements come from: a coarse grid, interpolated bicubically (U-Net), or every pixel, blurred (Simard).',
    ),
  points: z
    .number()
    .int()
    .min(2)
    .default(3)
    .describe("Grid points along each side, where field is 'grid'."),
  displacement: z
    .number()
    .min(0)
    .default(10)
    .describe("Standard deviation of a grid point's displacement in pixels."),
  alpha: z
    .number()
    .min(0)
    .default(34)
    .describe("Pixels for one unit of the blurred noise in [-1, 1], where field is 'smooth'."),
  sigma: z
    .number()
    .positive()
    .default(4)
    .describe("Standard deviation of the noise's blur in pixels."),
  // Few pixels come from outside, and tissue goes on as its mirror image does: the labels count.
  ...borderFields('border'),
  probability,
});

/** What a config may say about an `elastic`. */
export type ElasticOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    elastic: ElasticOptions;
  }
}

/**
 * Bends samples as tissue bends: the augmentation that U-Net learns from few images with. A prediction stays bent:
 * what earlier transforms would have restored is forgotten.
 * @see https://arxiv.org/abs/1505.04597 (field 'grid')
 * @see https://doi.org/10.1109/ICDAR.2003.1227801 (field 'smooth')
 */
export const elastic = defineTransform({
  name: 'elastic',
  description: 'Deforms samples elastically by a smooth random field.',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: (
    { field, points, displacement, alpha, sigma, probability: share, ...border },
    { labels: { ignoreIndex } },
  ) => {
    const around = surroundingsOf(border, ignoreIndex);
    return sometimes(share, (sample, random) => {
      const { image } = sample;
      const map =
        field === 'grid'
          ? randomGridMap(image, points, displacement, random)
          : randomNoiseMap(image, { alpha, sigma }, random);
      return warpSample(sample, map, around);
    });
  },
});
