import { defineMetric, type LabelSchema } from '@segkit/core';
import * as z from 'zod';

import { expectLabels, type LabelPair } from '../expect-labels.js';
import { meanAndPerClass } from '../mean-and-per-class.js';
import { RunningMean } from '../running-mean.js';
import { bandCounts, contourScores } from './boundary-scores.js';
import { maskBox } from './mask-box.js';

const options = z.strictObject({
  dilationRatio: z
    .number()
    .positive()
    .max(1)
    .default(0.02)
    .describe("Width of the boundary IoU's band as a fraction of the image's diagonal."),
  toleranceRatio: z
    .number()
    .positive()
    .max(1)
    .default(0.0075)
    .describe(
      "How far a contour may be off for the boundary F1, as a fraction of the image's diagonal; at least one pixel.",
    ),
});

/** Options of the metric `boundary`. */
export type BoundaryMetricOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MetricOptions {
    boundary: BoundaryMetricOptions;
  }
}

/** Sums of one class over images. */
class ClassBoundary {
  intersection = 0;
  union = 0;
  readonly f1 = new RunningMean();
  readonly hausdorff95 = new RunningMean();
  readonly surfaceDistance = new RunningMean();

  /** Adds an image, unless the class is in neither truth nor prediction. */
  add(
    { truth, prediction }: LabelPair,
    label: number,
    { ignoreIndex }: LabelSchema,
    { dilationRatio, toleranceRatio }: z.output<typeof options>,
  ): void {
    const masks = maskBox(truth, prediction, label, ignoreIndex);
    if (masks === undefined) return;
    const diagonal = Math.hypot(truth.height, truth.width);
    const { intersection, union } = bandCounts(
      masks,
      Math.max(1, Math.round(dilationRatio * diagonal)),
    );
    this.intersection += intersection;
    this.union += union;
    const found = masks.truth.data.includes(1) && masks.prediction.data.includes(1);
    // A class that is missed or invented is as far off as anything can be in this image.
    const scores = found
      ? contourScores(masks, Math.max(1, toleranceRatio * diagonal))
      : { f1: 0, hausdorff95: diagonal, surfaceDistance: diagonal };
    this.f1.add(scores.f1);
    this.hausdorff95.add(scores.hausdorff95);
    this.surfaceDistance.add(scores.surfaceDistance);
  }
}

/**
 * How well outlines are met, per class as `boundaryIoU/<name>` and so on, and in the mean over classes:
 *
 * - `boundaryIoU`: IoU of the pixels of truth and prediction within a band along their own contours, counted over all
 *   images; the band is `dilationRatio` of the diagonal wide, by the 3x3 erosions of the reference code.
 * - `boundaryF1`: F1 of contour pixels that have the other contour within the tolerance; mean over images.
 * - `hausdorff95`: 95th percentile of the distances from each contour to the other, in pixels; mean over images.
 * - `surfaceDistance`: average symmetric surface distance, the mean of these distances; mean over images.
 *
 * The image's border is part of the contours. Ignored pixels belong to no class in truth or prediction, so contours run
 * along them as well. An image with a class in neither truth nor prediction does not count for it; in only one of them,
 * F1 is 0 and both distances are the image's diagonal. NaN where no image counts.
 */
export const boundary = defineMetric({
  name: 'boundary',
  description: 'Boundary IoU, boundary F1, Hausdorff 95 and surface distance, mean and per class.',
  source: 'https://arxiv.org/abs/2103.16562',
  options,
  create: (settings, { labels, path }) => {
    const create = () => labels.classes.map(() => new ClassBoundary());
    let classes = create();
    return {
      compares: 'labels',
      update: (observation) => {
        const pair = expectLabels(observation, 'boundary', path);
        classes.forEach((sums, k) => {
          sums.add(pair, k, labels, settings);
        });
      },
      compute: () => {
        const perClass = {
          boundaryIoU: classes.map(({ intersection, union }) => intersection / union),
          boundaryF1: classes.map(({ f1 }) => f1.value),
          hausdorff95: classes.map(({ hausdorff95 }) => hausdorff95.value),
          surfaceDistance: classes.map(({ surfaceDistance }) => surfaceDistance.value),
        };
        return meanAndPerClass(perClass, labels.classes);
      },
      reset: () => {
        classes = create();
      },
    };
  },
});
