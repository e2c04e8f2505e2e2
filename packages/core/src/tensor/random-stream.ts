import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';

/**
 * A seeded source of random numbers. Children made by `fork` depend on the seed and the labels alone, never on
 * how many numbers were drawn, so the sample of step 17 is the same whoever drew what before.
 */
export interface RandomStream {
  /** Uniform in [0, 1), 32 bits of randomness. */
  uniform(): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream for `label`, e.g. an epoch, a sample's index, a layer's name. */
  fork(label: string | number): RandomStream;
  /** The generator's state, to be stored in a checkpoint. */
  state(): readonly number[];
}

/** 32-bit FNV-1a hash of a string. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  // Final avalanche (murmur3), so that labels that differ in one digit start far apart.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

class XoroshiroStream implements RandomStream {
  readonly #generator: JumpableRandomGenerator;
  readonly #path: string;

  constructor(path: string, generator: JumpableRandomGenerator) {
    this.#path = path;
    this.#generator = generator;
  }

  uniform(): number {
    return (this.#generator.next() >>> 0) / 0x1_0000_0000;
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
    }
    return shuffled;
  }

  fork(label: string | number): RandomStream {
    return streamAt(`${this.#path}/${String(label)}`);
  }

  state(): readonly number[] {
    return this.#generator.getState();
  }
}

function streamAt(path: string): RandomStream {
  // Four hashes fill the 128 bits of state, so streams of one run do not collide.
  const state = [hash32(path), hash32(`${path}#1`), hash32(`${path}#2`), hash32(`${path}#3`)];
  const generator = state.every((word) => word === 0)
    ? xoroshiro128plus(1)
    : xoroshiro128plusFromState(state);
  return new XoroshiroStream(path, generator);
}

/**
 * The root stream of a seed.
 * @param seed - Any integer; equal seeds give equal streams on every machine.
 */
export function randomStream(seed: number): RandomStream {
  return streamAt(String(seed));
}
