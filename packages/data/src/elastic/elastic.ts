import { defineTransform, type Sample } from '@segkit/core';
import * as z from 'zod';

import { mapRasters } from '../transforms/map-rasters.js';
import { warpBilinear, warpNearest, type DisplacementField } from './displacement-field.js';
import { randomGridField } from './grid-field.js';
import { randomSmoothField } from './smooth-field.js';

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
  probability: z.number().min(0).max(1).default(1).describe('Share of the samples deformed.'),
});

/** What a config may say about an `elastic`. */
export type ElasticOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    elastic: ElasticOptions;
  }
}

/**
 * Deforms every raster of a sample by one field: image, target and weights bilinearly, labels and instances to the
 * nearest pixel; what would come from outside is mirrored. A prediction stays deformed: what earlier transforms would
 * have restored is forgotten.
 * @param field - Of the image's size.
 */
export function deformSample(sample: Sample, field: DisplacementField): Sample {
  const { restore: _, weights, ...rest } = sample;
  const deformed = mapRasters(rest, {
    smooth: (raster) => warpBilinear(raster, field),
    exact: (raster) => warpNearest(raster, field),
  });
  return weights === undefined ? deformed : { ...deformed, weights: warpBilinear(weights, field) };
}

/**
 * Bends samples as tissue bends: the augmentation that U-Net learns from few images with.
 * @see https://arxiv.org/abs/1505.04597 (field 'grid')
 * @see https://doi.org/10.1109/ICDAR.2003.1227801 (field 'smooth')
 */
export const elastic = defineTransform({
  name: 'elastic',
  description: 'Deforms samples elastically by a smooth random field.',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: ({ field, points, displacement, alpha, sigma, probability }) => ({
    apply(sample, random) {
      if (random.uniform() >= probability) return sample;
      const { image } = sample;
      return deformSample(
        sample,
        field === 'grid'
          ? randomGridField(image, points, displacement, random)
          : randomSmoothField(image, { alpha, sigma }, random),
      );
    },
  }),
});
