/** Mean and spread of one score over several runs. */
export interface Spread {
  readonly mean: number;
  /** Standard deviation of the sample, divided by `n - 1`; NaN for a single run. */
  readonly deviation: number;
}

/**
 * Mean and spread of every score that all runs have.
 * @param runs - Scores by name, run by run.
 */
export function spreadOf(
  runs: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, Spread>> {
  const [first = {}] = runs;
  const shared = Object.keys(first).filter((name) => runs.every((run) => name in run));
  return Object.fromEntries(
    shared.map((name) => {
      const values = runs.map((run) => run[name] ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [name, { mean, deviation: Math.sqrt(squares / (values.length - 1)) }];
    }),
  );
}
