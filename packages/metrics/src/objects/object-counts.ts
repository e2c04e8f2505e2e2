import type { OverlappingObjects } from './overlapping-objects.js';

/** How many objects were found. */
export interface ObjectCounts {
  /** Pairs of a true and a predicted object with an IoU above the threshold. */
  readonly hits: number;
  /** Sum of their IoUs. */
  readonly hitIoU: number;
  readonly truth: number;
  readonly predicted: number;
}

/**
 * Counts pairs with an IoU above a threshold.
 * @param threshold - At least 0.5, so that no object can be in two pairs.
 */
export function objectCounts(objects: OverlappingObjects, threshold: number): ObjectCounts {
  const hits = objects.pairs.filter(({ iou }) => iou > threshold);
  return {
    hits: hits.length,
    hitIoU: hits.reduce((sum, { iou }) => sum + iou, 0),
    truth: objects.truthSizes.length,
    predicted: objects.predictionSizes.length,
  };
}

/** 0.5, 0.55, … 0.95. */
const thresholds = Array.from({ length: 10 }, (_, step) => (50 + 5 * step) / 100);

/**
 * Score of the Data Science Bowl 2018 for one image: `TP / (TP + FP + FN)`, mean over IoU thresholds 0.5 to 0.95 in
 * steps of 0.05.
 * @returns In [0, 1]; NaN without any object.
 * @see https://www.kaggle.com/c/data-science-bowl-2018
 */
export function dataScienceBowlScore(objects: OverlappingObjects): number {
  const shares = thresholds.map((threshold) => {
    const { hits, truth, predicted } = objectCounts(objects, threshold);
    return hits / (truth + predicted - hits);
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
