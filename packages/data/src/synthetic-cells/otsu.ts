import { ConfusionMatrix, DataError, type LabelSchema, type Sample } from '@segkit/core';

import { toGray } from '../reading/read-image.js';

const bins = 256;

/**
 * Otsu's threshold: the one that makes the variance between the two classes largest.
 * @param values - Brightness in [0, 1]; sorted into 256 equal bins.
 * @returns A bin's border in (0, 1]; values at or above it are the bright class. The lowest of equally good ones.
 * @see https://doi.org/10.1109/TSMC.1979.4310076
 */
export function otsuThreshold(values: Float32Array): number {
  const histogram = new Float64Array(bins);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(value * bins)));
    histogram[bin] = (histogram[bin] as number) + 1;
  }
  const total = histogram.reduce((sum, count, bin) => sum + count * bin, 0);
  let best = -1;
  let threshold = 1;
  let dark = 0;
  let darkSum = 0;
  for (let bin = 0; bin < bins - 1; bin++) {
    dark += histogram[bin] as number;
    darkSum += bin * (histogram[bin] as number);
    const bright = values.length - dark;
    if (dark === 0 || bright === 0) continue;
    const between = dark * bright * (darkSum / dark - (total - darkSum) / bright) ** 2;
    if (between > best) {
      best = between;
      threshold = (bin + 1) / bins;
    }
  }
  return threshold;
}

/** How well thresholds do on a data set of two classes. */
export interface ThresholdBaseline {
  /** Over all samples. */
  readonly confusion: ConfusionMatrix;
  /** Intersection over union of each class. */
  readonly iou: readonly number[];
  readonly meanIoU: number;
}

/**
 * Segments every image by its own Otsu threshold, bright pixels as class 1: what a network has to beat.
 * @param samples - Images in [0, 1] with labels; colours are mixed to gray.
 * @throws DataError if a sample has no labels.
 */
export function thresholdBaseline(
  samples: Iterable<Sample>,
  { classes, ignoreIndex }: Pick<LabelSchema, 'classes' | 'ignoreIndex'>,
): ThresholdBaseline {
  const confusion = new ConfusionMatrix(classes.length);
  for (const { id, image, labels } of samples) {
    if (labels === undefined) {
      throw new DataError(`threshold baseline: expected labels, "${id}" has none; give it a mask.`);
    }
    const gray = toGray(image).data;
    const threshold = otsuThreshold(gray);
    const prediction = Int32Array.from(gray, (value) => (value >= threshold ? 1 : 0));
    confusion.add(labels.data, prediction, ignoreIndex);
  }
  const indices = classes.map((_, index) => index);
  const sum = (pick: (other: number) => number): number =>
    indices.reduce((total, other) => total + pick(other), 0);
  const iou = indices.map((index) => {
    const truth = sum((other) => confusion.count(index, other));
    const predicted = sum((other) => confusion.count(other, index));
    const both = confusion.count(index, index);
    return both / (truth + predicted - both);
  });
  const present = iou.filter((value) => !Number.isNaN(value));
  const meanIoU = present.reduce((total, value) => total + value, 0) / present.length;
  return { confusion, iou, meanIoU };
}
