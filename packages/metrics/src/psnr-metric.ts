import { defineMetric, type Raster } from '@segkit/core';
import type * as z from 'zod';

import { expectAlike } from './expect-images.js';
import { imageMetric, imageMetricOptions } from './image-metric.js';

/**
 * Peak signal-to-noise ratio in decibels: `10 log10(peak^2 / mean squared error)`.
 * @param prediction - Float32, on the target's scale.
 * @param target - Float32, of the same size and channels.
 * @param peak - The largest possible value.
 * @returns +Infinity for identical images; NaN for empty ones.
 * @throws ShapeError if size or channels differ.
 * @see https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio
 */
export function peakSignalToNoiseRatio(
  prediction: Raster<Float32Array>,
  target: Raster<Float32Array>,
  peak: number,
): number {
  expectAlike({ prediction, target }, 'psnr');
  let squares = 0;
  prediction.data.forEach((value, i) => {
    squares += (value - (target.data[i] ?? Number.NaN)) ** 2;
  });
  return 10 * Math.log10(peak ** 2 / (squares / prediction.data.length));
}

/** Options of the metric `psnr`. */
export type PsnrMetricOptions = z.input<typeof imageMetricOptions>;

declare module '@segkit/core' {
  interface MetricOptions {
    psnr: PsnrMetricOptions;
  }
}

/**
 * `psnr`: mean over images of the peak signal-to-noise ratio, in decibels, for image-to-image tasks. A prediction
 * identical to its target counts +Infinity, and so does then the mean.
 */
export const psnr = defineMetric({
  name: 'psnr',
  description: 'Peak signal-to-noise ratio of image-to-image tasks, mean over images, in dB.',
  source: 'https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio',
  options: imageMetricOptions,
  create: ({ peak }, { path }) => imageMetric('psnr', peakSignalToNoiseRatio, peak, path),
});
