import { ConfusionMatrix, ShapeError, type RandomStream } from '@segkit/core';

import { iou } from '../class-scores.js';
import { meanOfNumbers } from '../mean-of-numbers.js';
import { percentile } from './percentile.js';

/** Ends of an interval; both NaN where none can be told. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How to resample. */
export interface BootstrapOptions {
  /** How often the images are drawn anew. Default 1000. */
  readonly resamples?: number;
  /** Share of the resampled scores inside the interval. Default 0.95. */
  readonly level?: number;
  /** Draws the images. */
  readonly random: RandomStream;
}

/** Confidence intervals of IoU. */
export interface IoUIntervals {
  readonly meanIoU: Interval;
  /** By class index. */
  readonly iou: readonly Interval[];
}

/**
 * Bootstrap confidence intervals of the IoU over images: as many images as there are, are drawn with replacement, their
 * confusion matrices added up, and the scores computed; the interval lies between the percentiles
 * `(1 - level) / 2` and `(1 + level) / 2` of the scores. Resamples in which a class is nowhere do not count for it.
 * @param images - The confusion matrix of every image.
 * @returns NaN for fewer than two images.
 * @throws ShapeError if the matrices differ in their number of classes.
 * @see https://doi.org/10.1214/aos/1176344552
 */
export function bootstrapIoU(
  images: readonly ConfusionMatrix[],
  { resamples = 1000, level = 0.95, random }: BootstrapOptions,
): IoUIntervals {
  const classes = images[0]?.classes ?? 0;
  if (images.some((image) => image.classes !== classes)) {
    throw new ShapeError('bootstrap: the confusion matrices are of different numbers of classes.');
  }
  const means: number[] = [];
  const perClass = Array.from({ length: classes }, (): number[] => []);
  for (let draw = 0; draw < resamples && images.length > 1; draw++) {
    const scores = iou(drawnTogether(images, classes, random));
    means.push(meanOfNumbers(scores));
    scores.forEach((score, k) => perClass[k]?.push(score));
  }
  return {
    meanIoU: intervalOf(means, level),
    iou: perClass.map((scores) => intervalOf(scores, level)),
  };
}

function drawnTogether(
  images: readonly ConfusionMatrix[],
  classes: number,
  random: RandomStream,
): ConfusionMatrix {
  const together = new ConfusionMatrix(classes);
  for (let i = 0; i < images.length; i++) {
    together.merge(images[random.integer(images.length)] as ConfusionMatrix);
  }
  return together;
}

function intervalOf(scores: readonly number[], level: number): Interval {
  const sorted = Float64Array.from(scores.filter((score) => !Number.isNaN(score))).sort();
  return {
    low: percentile(sorted, (1 - level) / 2),
    high: percentile(sorted, (1 + level) / 2),
  };
}
