import { defineTransform } from '@segkit/core';
import * as z from 'zod';

import { gaussianBlur } from '../rasters/gaussian-blur.js';
import { probability, sometimes } from '../transforms/probability.js';
import { drawFrom, spanOf, spanOption } from '../transforms/range-option.js';

const options = z.strictObject({
  sigma: spanOption(z.number().min(0))
    .default([0.1, 2])
    .describe("The Gaussian's standard deviation in pixels, or the range that it is drawn from."),
  probability,
});

/** What a config may say about a `blur`. */
export type BlurOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    blur: BlurOptions;
  }
}

/**
 * Blurs images by a Gaussian, cut off at 3 sigma, border pixels being repeated outwards; labels and a target image stay
 * sharp.
 */
export const blur = defineTransform({
  name: 'blur',
  description: 'Blurs images by a Gaussian of random width.',
  source:
    'https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.GaussianBlur.html',
  options,
  create: ({ sigma, probability: share }) =>
    sometimes(share, (sample, random) => ({
      ...sample,
      image: gaussianBlur(sample.image, drawFrom(spanOf(sigma), random)),
    })),
});
