import type { Metric, Raster } from '@segkit/core';
import * as z from 'zod';

import { expectImages } from './expect-images.js';
import { RunningMean } from './running-mean.js';

/** Options of metrics that compare images. */
export const imageMetricOptions = z.strictObject({
  peak: z.number().positive().default(1).describe('The largest possible value of the images.'),
});

/** How alike two images of equal size and channels are. */
type Comparison = (
  prediction: Raster<Float32Array>,
  target: Raster<Float32Array>,
  peak: number,
) => number;

/**
 * A metric that is the mean of a comparison over images.
 * @param name - The metric's, and that of its number.
 * @param path - Where the metric stands in the config.
 */
export function imageMetric(name: string, compare: Comparison, peak: number, path: string): Metric {
  let mean = new RunningMean();
  return {
    compares: 'images',
    update: (observation) => {
      const { prediction, target } = expectImages(observation, name, path);
      mean.add(compare(prediction, target, peak));
    },
    compute: () => ({ [name]: mean.value }),
    reset: () => {
      mean = new RunningMean();
    },
  };
}
