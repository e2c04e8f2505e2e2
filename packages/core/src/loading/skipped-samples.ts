import type { SkippedSample } from './sample-maker.js';

/** Counts the samples that were skipped, and words a warning for each. */
export class SkippedSamples {
  readonly #nameOf: (index: number) => string;
  readonly #indices = new Set<number>();
  #warnings: string[] = [];

  constructor(nameOf: (index: number) => string) {
    this.#nameOf = nameOf;
  }

  /** Samples that were skipped so far, each counted once. */
  get count(): number {
    return this.#indices.size;
  }

  add(skipped: readonly SkippedSample[]): void {
    for (const { index, reason } of skipped) {
      if (this.#indices.has(index)) continue;
      this.#indices.add(index);
      this.#warnings.push(
        `loader: skipped ${this.#nameOf(index)}, and the next sample stands in its place (${reason})`,
      );
    }
  }

  /** The warnings since the last call. */
  takeWarnings(): readonly string[] {
    const warnings = this.#warnings;
    this.#warnings = [];
    return warnings;
  }
}
