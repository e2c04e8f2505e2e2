import { segmentOverlap, segmentSizes, type SegmentPair } from '../segment-overlap.js';
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
  const shared = segmentOverlap(truth, prediction);
  const [truthSizes, predictionSizes] = [sizesBy(shared, 'truth'), sizesBy(shared, 'prediction')];
  const [truths, predictions] = [positionsOf(truthSizes), positionsOf(predictionSizes)];
  const pairs = shared
    .filter((pair) => pair.truth > 0 && pair.prediction > 0)
    .map(({ truth: t, prediction: p, pixels: intersection }) => {
      const union =
        (truthSizes.get(t) as number) + (predictionSizes.get(p) as number) - intersection;
      return {
        truth: truths.get(t) as number,
        prediction: predictions.get(p) as number,
        intersection,
        union,
        iou: intersection / union,
      };
    });
  return {
    truthSizes: [...truthSizes.values()],
    predictionSizes: [...predictionSizes.values()],
    pairs,
  };
}

/** Pixels of every object by its id; ids of 0 and below are none. */
function sizesBy(
  shared: readonly SegmentPair[],
  side: 'truth' | 'prediction',
): ReadonlyMap<number, number> {
  return segmentSizes(
    shared.filter((pair) => pair[side] > 0),
    side,
  );
}

function positionsOf(sizes: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  return new Map([...sizes.keys()].map((id, position) => [id, position]));
}
