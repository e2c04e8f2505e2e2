import { percentile } from '../intervals/percentile.js';
import { boundaryBand } from './boundary-band.js';
import { contour } from './contour.js';
import { squaredDistances } from './distance-transform.js';
import type { Mask, MaskPair } from './mask-box.js';

/** Pixels that the boundaries of truth and prediction share, and that either holds. */
export interface BandCounts {
  readonly intersection: number;
  readonly union: number;
}

/**
 * Counts for the boundary IoU: the pixels of each mask at most `distance` from its own contour.
 * @param distance - Whole pixels, at least 1.
 * @see https://arxiv.org/abs/2103.16562
 */
export function bandCounts({ truth, prediction }: MaskPair, distance: number): BandCounts {
  const bands = [
    boundaryBand(truth, distance).data,
    boundaryBand(prediction, distance).data,
  ] as const;
  let intersection = 0;
  let union = 0;
  for (let i = 0; i < bands[0].length; i++) {
    intersection += (bands[0][i] as number) & (bands[1][i] as number);
    union += (bands[0][i] as number) | (bands[1][i] as number);
  }
  return { intersection, union };
}

/** How far the contours of truth and prediction are apart; lengths in pixels. */
export interface ContourScores {
  /** `2 P R / (P + R)` of the contour pixels within the tolerance of the other contour. */
  readonly f1: number;
  /** 95th percentile of the distances from each contour to the other, pooled. */
  readonly hausdorff95: number;
  /** Mean of these distances. */
  readonly surfaceDistance: number;
}

/**
 * Compares the contours of two masks of which neither is empty; distances are Euclidean, between pixel centres.
 * @param tolerance - Pixels.
 */
export function contourScores({ truth, prediction }: MaskPair, tolerance: number): ContourScores {
  const [trueContour, predictedContour] = [contour(truth), contour(prediction)];
  const toTruth = distancesFrom(predictedContour, trueContour);
  const toPrediction = distancesFrom(trueContour, predictedContour);
  const precision = shareWithin(toTruth, tolerance);
  const recall = shareWithin(toPrediction, tolerance);
  const pooled = Float64Array.from([...toTruth, ...toPrediction]).sort();
  return {
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    hausdorff95: percentile(pooled, 0.95),
    surfaceDistance: pooled.reduce((sum, distance) => sum + distance, 0) / pooled.length,
  };
}

/** Distances from every pixel of one mask to the nearest of another. */
function distancesFrom(from: Mask, to: Mask): readonly number[] {
  const squares = squaredDistances(to);
  const distances: number[] = [];
  from.data.forEach((inside, i) => {
    if (inside === 1) distances.push(Math.sqrt(squares[i] as number));
  });
  return distances;
}

function shareWithin(distances: readonly number[], limit: number): number {
  return distances.filter((distance) => distance <= limit).length / distances.length;
}
