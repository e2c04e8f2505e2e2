import { defineMetric } from '@segkit/core';
import * as z from 'zod';

import { expectImages } from './expect-images.js';
import { RunningMean } from './running-mean.js';
import { structuralSimilarity } from './structural-similarity.js';

const options = z.strictObject({
  peak: z.number().positive().default(1).describe('The largest possible value of the images.'),
});

/** Options of the metric `ssim`. */
export type SsimMetricOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MetricOptions {
    ssim: SsimMetricOptions;
  }
}

/** `ssim`: mean over images of the structural similarity, for image-to-image tasks; 1 for identical images. */
export const ssim = defineMetric({
  name: 'ssim',
  description: 'Structural similarity of image-to-image tasks, mean over images.',
  source: 'https://doi.org/10.1109/TIP.2003.819861',
  options,
  create: ({ peak }, { path }) => {
    let mean = new RunningMean();
    return {
      compares: 'images',
      update: (observation) => {
        const { prediction, target } = expectImages(observation, 'ssim', path);
        mean.add(structuralSimilarity(prediction, target, peak));
      },
      compute: () => ({ ssim: mean.value }),
      reset: () => {
        mean = new RunningMean();
      },
    };
  },
});
