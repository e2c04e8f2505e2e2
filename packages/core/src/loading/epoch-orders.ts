import type { RandomStream } from '../tensor/random-stream.js';

/** Epochs whose order is kept: batches ahead may belong to the next one. */
const kept = 2;

/** The shuffled indices of a training set, epoch by epoch; a function of the stream and the epoch alone. */
export class EpochOrders {
  readonly #length: number;
  readonly #random: RandomStream;
  readonly #orders = new Map<number, readonly number[]>();

  constructor(length: number, random: RandomStream) {
    this.#length = length;
    this.#random = random;
  }

  /** @param epoch - Counts from 1. */
  of(epoch: number): readonly number[] {
    const known = this.#orders.get(epoch);
    if (known !== undefined) return known;
    const indices = Array.from({ length: this.#length }, (_, index) => index);
    const order = this.#random.fork('order').fork(epoch).shuffle(indices);
    this.#orders.set(epoch, order);
    const [oldest] = this.#orders.keys();
    if (this.#orders.size > kept && oldest !== undefined) this.#orders.delete(oldest);
    return order;
  }
}
