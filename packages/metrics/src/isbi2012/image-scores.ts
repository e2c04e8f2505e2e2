import { connectedComponents, type Raster } from '@segkit/core';

import { objectsOf, type Proposal } from './proposals.js';
import { segmentAgreement, type SegmentAgreement } from './segment-agreement.js';
import { warpingMismatches } from './warping-error.js';

/** The scores of one image. */
export interface ImageScores extends SegmentAgreement {
  /** Share of the counted pixels that are on the wrong side. */
  readonly pixelError: number;
  /** Share of the counted pixels that are on the wrong side after warping. */
  readonly warpingError: number;
}

/**
 * Scores a proposal. Ignored pixels are not counted; in the truth they take the proposal's side, so that they stand in no
 * outline's way.
 * @param truth - Class indices or `ignoreIndex`, one channel.
 */
export function imageScores(
  truth: Raster<Int32Array>,
  { objects: proposed, confidence }: Proposal,
  separator: number,
  ignoreIndex: number,
): ImageScores {
  const within = objectsOf(truth, separator);
  const completed = Uint8Array.from(within.data);
  let pixels = 0;
  let wrong = 0;
  for (let i = 0; i < completed.length; i++) {
    if (truth.data[i] === ignoreIndex) {
      within.data[i] = 0;
      completed[i] = proposed.data[i] as number;
      continue;
    }
    pixels += 1;
    if (completed[i] !== proposed.data[i]) wrong += 1;
  }
  const mismatches = warpingMismatches({ ...within, data: completed }, proposed, confidence);
  return {
    pixelError: wrong / pixels,
    warpingError: mismatches / pixels,
    ...segmentAgreement(connectedComponents(within).data, connectedComponents(proposed).data),
  };
}
