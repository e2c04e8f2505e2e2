/** A loss far above those before it. */
export interface LossSpike {
  /** Median of the remembered losses. */
  readonly median: number;
  /** The loss from which on it is a spike. */
  readonly limit: number;
}

/** When a loss is a spike. */
export interface LossSpikeSettings {
  /** Losses that are remembered. */
  readonly window: number;
  /** Spreads above the median. */
  readonly threshold: number;
}

/** Losses that must be known before one can be a spike. */
const fewest = 10;
/** Of a normal distribution, the standard deviation in median absolute deviations. */
const perDeviation = 1.4826;
/** Losses that hardly differ spread by at least this share of their median. */
const leastSpread = 0.01;

/**
 * Watches for losses above `median + threshold * spread` of the last ones, where the spread is 1.4826 times the median
 * absolute deviation: neither is moved by the spikes themselves. Losses that are not finite are left to another guard.
 */
export class LossSpikes {
  readonly #settings: LossSpikeSettings;
  #losses: number[];

  /** @param losses - What is remembered already, oldest first. */
  constructor(settings: LossSpikeSettings, losses: readonly number[] = []) {
    this.#settings = settings;
    this.#losses = losses.slice(-settings.window);
  }

  /** Remembers a loss and says whether it is a spike. */
  observe(loss: number): LossSpike | undefined {
    if (!Number.isFinite(loss)) return undefined;
    const { window, threshold } = this.#settings;
    const earlier = this.#losses;
    this.#losses = [...earlier, loss].slice(-window);
    if (earlier.length < fewest) return undefined;
    const median = medianOf(earlier);
    const deviation = medianOf(earlier.map((value) => Math.abs(value - median)));
    const spread = Math.max(perDeviation * deviation, leastSpread * Math.abs(median));
    const limit = median + threshold * spread;
    return loss > limit ? { median, limit } : undefined;
  }

  /** The remembered losses, oldest first. */
  state(): number[] {
    return [...this.#losses];
  }

  /** Takes up what `state` gave. */
  restore(losses: readonly number[]): void {
    this.#losses = losses.slice(-this.#settings.window);
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
