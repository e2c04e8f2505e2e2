import type { TensorLeak } from '../../components/training-event.js';

/** What the engine holds. */
export interface HeldMemory {
  readonly tensors: number;
  readonly bytes: number;
}

/** Steps in a row that must add tensors. */
const growingSteps = 20;

/** Watches the number of tensors after every step; speaks once, when each of 20 steps in a row has added some. */
export class TensorLeaks {
  #start: HeldMemory | undefined;
  #last: HeldMemory | undefined;
  #steps = 0;
  #told = false;

  /** Takes what is held after a step. */
  observe(held: HeldMemory): TensorLeak | undefined {
    const grew = this.#last !== undefined && held.tensors > this.#last.tensors;
    this.#steps = grew ? this.#steps + 1 : 0;
    if (!grew) this.#start = held;
    this.#last = held;
    if (this.#told || this.#steps < growingSteps || this.#start === undefined) return undefined;
    this.#told = true;
    return {
      guard: 'tensor-leak',
      ...held,
      steps: this.#steps,
      tensorsPerStep: (held.tensors - this.#start.tensors) / this.#steps,
      bytesPerStep: (held.bytes - this.#start.bytes) / this.#steps,
    };
  }
}

/** What to tell of a leak. */
export function describeLeak(leak: TensorLeak): string {
  const { tensors, bytes, steps, tensorsPerStep, bytesPerStep } = leak;
  return (
    `memory: each of the last ${String(steps)} steps left tensors behind, ${tensorsPerStep.toFixed(1)} and ` +
    `${(bytesPerStep / 1024).toFixed(1)} KiB a step (${String(tensors)} tensors, ${(bytes / 2 ** 20).toFixed(1)} MiB now); ` +
    'tidy what your own parts make (tf.tidy).'
  );
}
