/** A step of a learning-rate range test. */
export interface LearningRatePoint {
  readonly learningRate: number;
  /** Before the step. */
  readonly loss: number;
  /** Running average of the losses, freed from its start at 0. */
  readonly smoothed: number;
}

/** Share of the old average. */
const inertia = 0.9;
/** The test is over when the smoothed loss exceeds its best by this factor. */
const divergence = 4;
/** Steps at the start whose average has hardly begun, and at the end, where the loss rises. */
const skipped = { begin: 10, end: 5 };

/** Rates from the first to the last, each larger by the same factor. */
export function rateAt(step: number, steps: number, from: number, to: number): number {
  return from * (to / from) ** (steps === 1 ? 0 : step / (steps - 1));
}

/** Collects the losses of a range test and reads a rate from them. */
export class LearningRateRange {
  readonly #points: LearningRatePoint[] = [];
  #average = 0;
  #best = Infinity;

  /** Every step so far. */
  get points(): readonly LearningRatePoint[] {
    return this.#points;
  }

  /**
   * Adds a step.
   * @returns Whether the losses have diverged: another step tells nothing.
   */
  add(learningRate: number, loss: number): boolean {
    if (!Number.isFinite(loss)) return true;
    this.#average = inertia * this.#average + (1 - inertia) * loss;
    const smoothed = this.#average / (1 - inertia ** (this.#points.length + 1));
    this.#points.push({ learningRate, loss, smoothed });
    this.#best = Math.min(this.#best, smoothed);
    return this.#points.length > skipped.begin && smoothed > divergence * this.#best;
  }

  /**
   * The rate at which the smoothed loss falls steepest over the logarithm of the rate; `null` if it never falls, or there are
   * too few steps to tell.
   */
  suggestion(): number | null {
    let steepest = { slope: 0, learningRate: Number.NaN };
    const last = this.#points.length - 1 - skipped.end;
    for (let i = skipped.begin; i <= last; i++) {
      const [before, here, after] = this.#points.slice(i - 1, i + 2);
      if (before === undefined || here === undefined || after === undefined) continue;
      const slope = (after.smoothed - before.smoothed) / 2;
      if (slope < steepest.slope) steepest = { slope, learningRate: here.learningRate };
    }
    return Number.isNaN(steepest.learningRate) ? null : steepest.learningRate;
  }
}
