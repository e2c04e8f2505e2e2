import { defineTransform } from '@segkit/core';
import * as z from 'zod';

import { probability, sometimes } from '../transforms/probability.js';
import { drawFrom, spanOf, spanOption } from '../transforms/range-option.js';
import { addNormalNoise } from './add-normal-noise.js';
import { changeImage, expectUnitRange } from './change-image.js';

const options = z.strictObject({
  sigma: spanOption(z.number().min(0))
    .default([0, 0.1])
    .describe("The noise's standard deviation, or the range that it is drawn from."),
  probability,
});

/** What a config may say about a `gaussian-noise`. */
export type GaussianNoiseOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'gaussian-noise': GaussianNoiseOptions;
  }
}

/** Adds normal noise to every value of an image and cuts it to [0, 1]; a target image stays clean. */
export const gaussianNoise = defineTransform({
  name: 'gaussian-noise',
  description: 'Adds normal noise to images in [0, 1].',
  options,
  create: ({ sigma, probability: share }, { path }) =>
    sometimes(share, (sample, random) => {
      expectUnitRange(path, 'gaussian-noise', sample);
      const deviation = drawFrom(spanOf(sigma), random);
      return changeImage(sample, ({ data }) => {
        addNormalNoise(data, deviation, random);
      });
    }),
});
