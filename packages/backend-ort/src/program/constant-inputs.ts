import type { Storage } from '../recording/storage.js';
import type { Value } from '../recording/value.js';

/** Runs in a row in which inputs must have stayed the same to be taken for constants. */
const provenRuns = 3;

/** Watches which inputs of a graph are the same in every run, as weights are in inference. */
export class ConstantInputs {
  readonly #leaves: readonly number[];
  #last: (Storage | null | undefined)[] = [];
  #runs = 0;
  /** Doubles whenever a constant changed after all. */
  #needed = provenRuns;

  constructor(leaves: readonly number[]) {
    this.#leaves = leaves;
  }

  /** Notes a run's inputs. */
  observe(values: readonly Value[]): void {
    const now = this.#leaves.map((leaf) => values[leaf]?.storage);
    const same = now.map((storage, i) => (storage === this.#last[i] ? storage : undefined));
    this.#runs = this.#runs > 0 && same.some((storage) => storage != null) ? this.#runs + 1 : 1;
    this.#last = this.#runs === 1 ? now : same;
  }

  /** Leaves that never changed, once that is proven; `undefined` before, and if all or none are. */
  proven(): readonly number[] | undefined {
    if (this.#runs < this.#needed) return undefined;
    const constant = this.#leaves.filter((_, i) => this.#last[i] != null);
    return constant.length === this.#leaves.length ? undefined : constant;
  }

  /** A constant changed: it takes longer to be convinced the next time. */
  refute(): void {
    this.#runs = 0;
    this.#last = [];
    this.#needed *= 2;
  }
}
