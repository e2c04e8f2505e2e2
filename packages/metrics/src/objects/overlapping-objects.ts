import { segmentOverlap } from '../segment-overlap.js';
import type { ClassObjects } from './class-objects.js';

/** A true and a predicted object that share pixels. */
export interface ObjectPair {
  /** Positions in `truthSizes` and `predictionSizes`. */
  readonly truth: number;
  readonly prediction: number;
  readonly intersection: number;
  readonly union: number;
  /** `intersection / union`. */
  readonly iou: number;
}

/** Everything that object scores derive from. */
export interface OverlappingObjects {
  /** Pixels of every true object. */
  readonly truthSizes: readonly number[];
  /** Pixels of every predicted object. */
  readonly predictionSizes: readonly number[];
  /** In the order of the true, then of the predicted objects. */
  readonly pairs: readonly ObjectPair[];
}

/** Measures objects and their overlaps. */
export function overlappingObjects({ truth, prediction }: ClassObjects): OverlappingObjects {
  const truthSizes: number[] = [];
  const predictionSizes: number[] = [];
  const shared = segmentOverlap(truth, prediction);
  for (const { truth: t, prediction: p, pixels } of shared) {
    if (t > 0) truthSizes[t - 1] = (truthSizes[t - 1] ?? 0) + pixels;
    if (p > 0) predictionSizes[p - 1] = (predictionSizes[p - 1] ?? 0) + pixels;
  }
  const pairs = shared
    .filter((pair) => pair.truth > 0 && pair.prediction > 0)
    .sort((a, b) => a.truth - b.truth || a.prediction - b.prediction)
    .map((pair) => {
      const [t, p] = [pair.truth - 1, pair.prediction - 1];
      const union = (truthSizes[t] as number) + (predictionSizes[p] as number) - pair.pixels;
      return {
        truth: t,
        prediction: p,
        intersection: pair.pixels,
        union,
        iou: pair.pixels / union,
      };
    });
  return { truthSizes, predictionSizes, pairs };
}
