import { RunningMean } from '../running-mean.js';
import type { ImageScores } from './image-scores.js';

/** Means of the scores over images; a score that is NaN in an image is left out of its mean. */
export class ScoreMeans {
  readonly #means = {
    pixelError: new RunningMean(),
    warpingError: new RunningMean(),
    randError: new RunningMean(),
    vRand: new RunningMean(),
    vInfo: new RunningMean(),
    splitInformation: new RunningMean(),
    mergeInformation: new RunningMean(),
  } satisfies Record<keyof ImageScores, RunningMean>;

  add(scores: ImageScores): void {
    for (const name of this.#names()) this.#means[name].add(scores[name]);
  }

  /** The means so far, NaN where nothing was added. */
  get values(): ImageScores {
    const entries = this.#names().map((name) => [name, this.#means[name].value]);
    return Object.fromEntries(entries) as ImageScores;
  }

  #names(): readonly (keyof ImageScores)[] {
    return Object.keys(this.#means) as (keyof ImageScores)[];
  }
}

/**
 * The best of every score over thresholds; split and merge information are those of the threshold with the least sum.
 * @param thresholds - The means at each threshold, at least one.
 */
export function bestOf(thresholds: readonly ImageScores[]): ImageScores {
  const least = (score: (one: ImageScores) => number): ImageScores =>
    thresholds.reduce((best, one) => (score(one) < score(best) ? one : best));
  const { splitInformation, mergeInformation } = least(
    (one) => one.splitInformation + one.mergeInformation,
  );
  return {
    pixelError: least((one) => one.pixelError).pixelError,
    warpingError: least((one) => one.warpingError).warpingError,
    randError: least((one) => one.randError).randError,
    vRand: least((one) => -one.vRand).vRand,
    vInfo: least((one) => -one.vInfo).vInfo,
    splitInformation,
    mergeInformation,
  };
}
