import type { ObjectPair, OverlappingObjects } from './overlapping-objects.js';

/**
 * Aggregated Jaccard index of one image: every true object takes the predicted one of the largest IoU; shared pixels of
 * these pairs over their unions, to which missed true objects and predicted objects that nobody took are added.
 * @returns In [0, 1]; NaN without any object.
 * @see https://doi.org/10.1109/TMI.2017.2677499
 */
export function aggregatedJaccard(objects: OverlappingObjects): number {
  const { truthSizes, predictionSizes, pairs } = objects;
  const best = new Map<number, ObjectPair>();
  for (const pair of pairs) {
    if (pair.iou > (best.get(pair.truth)?.iou ?? 0)) best.set(pair.truth, pair);
  }
  const taken = new Set([...best.values()].map(({ prediction }) => prediction));
  let intersection = 0;
  let union = 0;
  for (const pair of best.values()) {
    intersection += pair.intersection;
    union += pair.union;
  }
  truthSizes.forEach((size, t) => {
    if (!best.has(t)) union += size;
  });
  predictionSizes.forEach((size, p) => {
    if (!taken.has(p)) union += size;
  });
  return intersection / union;
}
