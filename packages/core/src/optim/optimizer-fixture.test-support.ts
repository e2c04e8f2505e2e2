import { readFileSync } from 'node:fs';

/** Values of the parameters that a step has, flat, by name. */
export type Values = Readonly<Record<string, readonly number[]>>;

interface OptimizerFixture {
  readonly shapes: Values;
  /** Learning rate of each step. */
  readonly rates: readonly number[];
  readonly defaultRates: Readonly<Record<string, number>>;
  readonly initial: Values;
  /** Gradients of each step. */
  readonly gradients: readonly Values[];
  readonly optimizers: readonly {
    readonly name: string;
    readonly options: object;
    /** The parameters after each step. */
    readonly trajectory: readonly Values[];
  }[];
  readonly totalSteps: number;
  readonly schedules: readonly {
    readonly name: string;
    readonly options: object;
    readonly factors: readonly number[];
  }[];
}

/** For tests: `oracles/fixtures/optimizers.json`, made by `oracles/optimizers.py`. */
export const fixture = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/optimizers.json', import.meta.url), 'utf8'),
) as OptimizerFixture;
