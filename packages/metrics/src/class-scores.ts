import type { ConfusionMatrix } from '@segkit/core';

/** Pixels of one class. */
export interface ClassCounts {
  /** Pixels of the class predicted as it: `c_kk`. */
  readonly hits: number;
  /** Pixels of the class: `row_k`. */
  readonly truth: number;
  /** Pixels predicted as the class: `col_k`. */
  readonly predicted: number;
}

/** Hits, row sum and column sum of every class, by class index. */
export function classCounts(confusion: ConfusionMatrix): readonly ClassCounts[] {
  const indices = Array.from({ length: confusion.classes }, (_, index) => index);
  const sum = (count: (other: number) => number): number =>
    indices.reduce((total, other) => total + count(other), 0);
  return indices.map((k) => ({
    hits: confusion.count(k, k),
    truth: sum((prediction) => confusion.count(k, prediction)),
    predicted: sum((truth) => confusion.count(truth, k)),
  }));
}

/**
 * Intersection over union per class: `c_kk / (row_k + col_k - c_kk)`.
 * @returns By class index, in [0, 1]; NaN for classes in neither truth nor prediction.
 * @see https://en.wikipedia.org/wiki/Jaccard_index
 */
export function iou(confusion: ConfusionMatrix): readonly number[] {
  return classCounts(confusion).map(
    ({ hits, truth, predicted }) => hits / (truth + predicted - hits),
  );
}

/**
 * Dice coefficient (F1) per class: `2 c_kk / (row_k + col_k)`, which is `2 IoU / (1 + IoU)`.
 * @returns By class index, in [0, 1]; NaN for classes in neither truth nor prediction.
 * @see https://en.wikipedia.org/wiki/Dice-S%C3%B8rensen_coefficient
 */
export function dice(confusion: ConfusionMatrix): readonly number[] {
  return classCounts(confusion).map(
    ({ hits, truth, predicted }) => (2 * hits) / (truth + predicted),
  );
}

/**
 * Precision per class: `c_kk / col_k`.
 * @returns By class index, in [0, 1]; NaN for classes that were never predicted.
 */
export function precision(confusion: ConfusionMatrix): readonly number[] {
  return classCounts(confusion).map(({ hits, predicted }) => hits / predicted);
}

/**
 * Recall (class accuracy) per class: `c_kk / row_k`.
 * @returns By class index, in [0, 1]; NaN for classes absent from the truth.
 */
export function recall(confusion: ConfusionMatrix): readonly number[] {
  return classCounts(confusion).map(({ hits, truth }) => hits / truth);
}
