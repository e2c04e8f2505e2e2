import { defineMetric } from '@segkit/core';
import type * as z from 'zod';

import { imageMetric, imageMetricOptions } from './image-metric.js';
import { structuralSimilarity } from './structural-similarity.js';

/** Options of the metric `ssim`. */
export type SsimMetricOptions = z.input<typeof imageMetricOptions>;

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
  options: imageMetricOptions,
  create: ({ peak }, { path }) => imageMetric('ssim', structuralSimilarity, peak, path),
});
