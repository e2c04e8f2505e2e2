import type { Plugin } from '@segkit/core';

import { boundary } from './boundary/boundary-metric.js';
import { isbi2012 } from './isbi2012/isbi2012-metric.js';
import { objects } from './objects/objects-metric.js';
import { perImage } from './per-image-metric.js';
import { psnr } from './psnr-metric.js';
import { segmentation } from './segmentation-metric.js';
import { ssim } from './ssim-metric.js';

export { boundary, type BoundaryMetricOptions } from './boundary/boundary-metric.js';
export { isbi2012, type Isbi2012MetricOptions } from './isbi2012/isbi2012-metric.js';
export { objects, type ObjectsMetricOptions } from './objects/objects-metric.js';
export { classCounts, type ClassCounts, dice, iou, precision, recall } from './class-scores.js';
export {
  bootstrapIoU,
  type BootstrapOptions,
  type Interval,
  type IoUIntervals,
} from './intervals/bootstrap.js';
export { perClassTable, type PerClassRow } from './per-class-table.js';
export { perImage, type PerImageMetricOptions } from './per-image-metric.js';
export { peakSignalToNoiseRatio, psnr, type PsnrMetricOptions } from './psnr-metric.js';
export { segmentation, type SegmentationMetricOptions } from './segmentation-metric.js';
export { ssim, type SsimMetricOptions } from './ssim-metric.js';
export { structuralSimilarity } from './structural-similarity.js';
export {
  frequencyWeightedIoU,
  meanClassAccuracy,
  meanDice,
  meanIoU,
  pixelAccuracy,
  summaryScores,
} from './summary-scores.js';

/** Every metric of segkit. */
export const metrics: readonly Plugin<'metric'>[] = [
  segmentation,
  perImage,
  boundary,
  objects,
  isbi2012,
  psnr,
  ssim,
];
