import type { ConfusionMatrix } from '@segkit/core';

import { classCounts, dice, iou, recall } from './class-scores.js';
import { meanOfNumbers } from './mean-of-numbers.js';

/**
 * Mean IoU over the classes present in truth or prediction.
 * @returns In [0, 1]; NaN for an empty matrix.
 */
export function meanIoU(confusion: ConfusionMatrix): number {
  return meanOfNumbers(iou(confusion));
}

/**
 * Mean Dice coefficient over the classes present in truth or prediction.
 * @returns In [0, 1]; NaN for an empty matrix.
 */
export function meanDice(confusion: ConfusionMatrix): number {
  return meanOfNumbers(dice(confusion));
}

/**
 * Mean class accuracy: mean recall over the classes present in the truth.
 * @returns In [0, 1]; NaN for an empty matrix.
 */
export function meanClassAccuracy(confusion: ConfusionMatrix): number {
  return meanOfNumbers(recall(confusion));
}

/**
 * Pixel accuracy: `trace / total`.
 * @returns In [0, 1]; NaN for an empty matrix.
 */
export function pixelAccuracy(confusion: ConfusionMatrix): number {
  const counts = classCounts(confusion);
  const hits = counts.reduce((sum, count) => sum + count.hits, 0);
  return hits / counts.reduce((sum, count) => sum + count.truth, 0);
}

/**
 * Frequency-weighted IoU: `sum_k row_k / total * IoU_k` over the classes present in the truth.
 * @returns In [0, 1]; NaN for an empty matrix.
 * @see https://arxiv.org/abs/1411.4038
 */
export function frequencyWeightedIoU(confusion: ConfusionMatrix): number {
  const counts = classCounts(confusion);
  const total = counts.reduce((sum, count) => sum + count.truth, 0);
  const weighted = iou(confusion).map((value, k) => {
    const truth = counts[k]?.truth ?? 0;
    return truth === 0 ? 0 : truth * value;
  });
  return weighted.reduce((sum, value) => sum + value, 0) / total;
}

/** All scores of this file, by name. */
export function summaryScores(confusion: ConfusionMatrix) {
  return {
    meanIoU: meanIoU(confusion),
    meanDice: meanDice(confusion),
    pixelAccuracy: pixelAccuracy(confusion),
    meanClassAccuracy: meanClassAccuracy(confusion),
    frequencyWeightedIoU: frequencyWeightedIoU(confusion),
  };
}
