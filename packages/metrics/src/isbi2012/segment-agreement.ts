import { segmentOverlap, segmentSizes } from '../segment-overlap.js';

/** How two segmentations agree; see `segmentAgreement`. */
export interface SegmentAgreement {
  readonly randError: number;
  readonly vRand: number;
  readonly vInfo: number;
  readonly splitInformation: number;
  readonly mergeInformation: number;
}

/**
 * Scores of a segmentation over the pixels of true segments; `n_ij` pixels are of true segment i and predicted segment
 * j, where pixels of no predicted segment count as one more, and `s_i`, `t_j` are their sums.
 *
 * - `randError`: `1 - 2 A / (B + C)` with `A = sum n_ij^2 - n`, `B = sum s_i^2 - n`, `C = sum t_j^2 - n`: pairs of
 *   different pixels. It is scikit-image's `adapted_rand_error`.
 * - `vRand`: the same F-score with pairs of a pixel and itself, `2 sum n_ij^2 / (sum s_i^2 + sum t_j^2)`.
 * - `vInfo`: mutual information over the mean entropy, `2 I / (H(s) + H(t))`; 1 where both are one segment.
 * - `splitInformation`, `mergeInformation`: `H(t | s)` and `H(s | t)` in bits, scikit-image's
 *   `variation_of_information`; 0 is best.
 *
 * @param truth - Segment numbers from 0 on; 0 is no segment.
 * @param prediction - Segment numbers from 0 on.
 * @returns NaN where there is no true segment, and a `randError` of NaN where no two pixels share a segment.
 * @see https://doi.org/10.3389/fnana.2015.00142
 */
export function segmentAgreement(truth: Int32Array, prediction: Int32Array): SegmentAgreement {
  const pairs = segmentOverlap(truth, prediction).filter((pair) => pair.truth > 0);
  const joint = pairs.map(({ pixels }) => pixels);
  const bySegment = [...segmentSizes(pairs, 'truth').values()];
  const byProposal = [...segmentSizes(pairs, 'prediction').values()];
  const pixels = joint.reduce((sum, count) => sum + count, 0);
  const [both, same, proposed] = [squares(joint), squares(bySegment), squares(byProposal)];
  const [h, hSame, hProposed] = [entropy(joint), entropy(bySegment), entropy(byProposal)];
  const entropies = hSame + hProposed;
  return {
    randError: 1 - (2 * (both - pixels)) / (same + proposed - 2 * pixels),
    vRand: (2 * both) / (same + proposed),
    vInfo: entropies === 0 ? 1 : (2 * (entropies - h)) / entropies,
    splitInformation: h - hSame,
    mergeInformation: h - hProposed,
  };
}

function squares(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count * count, 0);
}

/** In bits. */
function entropy(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return Number.NaN;
  return -counts.reduce((sum, count) => sum + (count / total) * Math.log2(count / total), 0);
}
