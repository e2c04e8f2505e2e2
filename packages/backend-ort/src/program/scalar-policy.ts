import type { Value } from '../recording/value.js';

/** How a trace's leaves enter the graph; see {@link Trace}. */
export interface LeafRoles {
  readonly constants: readonly (number | undefined)[];
  readonly aliases: readonly number[];
}

/** What is known of the scalars of one structure: the last number seen, or `varies`. */
type Seen = (number | 'varies')[];

/** Structures remembered; the oldest is forgotten first. */
const capacity = 256;

/**
 * Decides which scalars of a trace are constants of its graph. A constant can be folded away (`x * 1`), but a graph with
 * a changed constant is another graph, to be compiled again. So only the numbers that formulas are full of are
 * constants, and each of them only until another number comes in its place; all others (learning rates, betas,
 * epsilons) are inputs. Equal numbers of equal meaning, such as the learning rate of every parameter, share an input.
 */
export class ScalarPolicies {
  readonly #structures = new Map<number, Seen>();

  /**
   * @param roles - By leaf: what a scalar is to the kernel that reads it. Numbers that are equal by chance must not share an
   * input: when they differ again, the graph would be another one.
   * @param structure - Hash of the trace without its scalars' values.
   */
  decide(leaves: readonly Value[], roles: readonly string[], structure: number): LeafRoles {
    const seen = this.#recall(structure);
    const shared = new SharedScalars();
    const constants: (number | undefined)[] = [];
    const aliases: number[] = [];
    leaves.forEach(({ storage, dtype, shape }, index) => {
      const value = storage?.isScalar === true ? storage.array[0] : undefined;
      constants.push(undefined);
      aliases.push(index);
      if (value === undefined) return;
      const before = seen[index];
      if (before === undefined) seen[index] = value;
      else if (!Object.is(before, value)) seen[index] = 'varies';
      if (seen[index] !== 'varies' && isFormulaNumber(value)) {
        constants[index] = value;
        return;
      }
      aliases[index] = shared.claim(
        `${roles[index] ?? ''}${dtype}${String(shape.length)}`,
        value,
        index,
      );
    });
    return { constants, aliases };
  }

  #recall(structure: number): Seen {
    const known = this.#structures.get(structure) ?? [];
    this.#structures.delete(structure);
    this.#structures.set(structure, known);
    if (this.#structures.size > capacity) {
      const [oldest] = this.#structures.keys();
      if (oldest !== undefined) this.#structures.delete(oldest);
    }
    return known;
  }
}

/** Small whole and half numbers. */
function isFormulaNumber(value: number): boolean {
  return Math.abs(value) <= 16 && Number.isInteger(value * 2) && !Object.is(value, -0);
}

/** The first leaf of each value among equal ones. */
class SharedScalars {
  readonly #byKind = new Map<string, Map<number, number>>();

  /** The leaf that already has this value, or this one. */
  claim(kind: string, value: number, leaf: number): number {
    // A map takes 0 and -0 for the same.
    if (Object.is(value, -0)) return leaf;
    let leaves = this.#byKind.get(kind);
    if (leaves === undefined) this.#byKind.set(kind, (leaves = new Map<number, number>()));
    const first = leaves.get(value);
    if (first === undefined) leaves.set(value, leaf);
    return first ?? leaf;
  }
}
