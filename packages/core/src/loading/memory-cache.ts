import { packedBytes, type PackedSample } from './packed-sample.js';

/**
 * Keeps packed samples until its memory is full, then keeps what it has: every epoch asks for every sample once, so
 * throwing out the oldest would throw out just what is asked for next.
 */
export class MemoryCache {
  readonly #samples = new Map<number, PackedSample>();
  readonly #limit: number;
  #bytes = 0;
  #full = false;

  /** @param megabytes - Room for pixels, in MiB. */
  constructor(megabytes: number) {
    this.#limit = megabytes * 2 ** 20;
  }

  /** Whether nothing that was offered was too much yet; if not, packing another sample is wasted. */
  get hasRoom(): boolean {
    return !this.#full;
  }

  /** The sample of an index, if it was kept. */
  get(index: number): PackedSample | undefined {
    return this.#samples.get(index);
  }

  /** Keeps the sample if there is room. */
  offer(index: number, sample: PackedSample): void {
    const bytes = packedBytes(sample);
    if (this.#samples.has(index)) return;
    if (this.#bytes + bytes > this.#limit) {
      this.#full = true;
      return;
    }
    this.#samples.set(index, sample);
    this.#bytes += bytes;
  }
}
