import type { TensorLeak } from '../../components/training-event.js';

/** What the engine holds. */
export interface HeldMemory {
  readonly tensors: number;
  readonly bytes: number;
}

/** Steps of a block. */
const blockSteps = 20;
/** Blocks in a row that must each lie above the one before. */
const growingBlocks = 3;

interface Block {
  readonly least: number;
  readonly most: number;
}

/**
 * Watches the number of tensors after every step; speaks once, when it lay higher through 20 steps than ever in the 20 before,
 * three times in a row. A single rise (a cache that fills) and ups and downs (loading, validations) are no leak.
 */
export class TensorLeaks {
  #block: HeldMemory[] = [];
  #before: Block | undefined;
  #growing = 0;
  #start: HeldMemory | undefined;
  #told = false;

  /** Takes what is held after a step. */
  observe(held: HeldMemory): TensorLeak | undefined {
    if (this.#told) return undefined;
    this.#block.push(held);
    if (this.#block.length < blockSteps) return undefined;
    const counts = this.#block.map(({ tensors }) => tensors);
    const block = { least: Math.min(...counts), most: Math.max(...counts) };
    const grew = this.#before !== undefined && block.least > this.#before.most;
    if (!grew) this.#start = this.#block[0];
    this.#growing = grew ? this.#growing + 1 : 1;
    this.#before = block;
    this.#block = [];
    if (this.#growing < growingBlocks || this.#start === undefined) return undefined;
    this.#told = true;
    const steps = growingBlocks * blockSteps;
    return {
      guard: 'tensor-leak',
      ...held,
      steps,
      tensorsPerStep: (held.tensors - this.#start.tensors) / (steps - 1),
      bytesPerStep: (held.bytes - this.#start.bytes) / (steps - 1),
    };
  }
}

/** What to tell of a leak. */
export function describeLeak(leak: TensorLeak): string {
  const { tensors, bytes, steps, tensorsPerStep, bytesPerStep } = leak;
  return (
    `memory: the last ${String(steps)} steps left tensors behind, ${tensorsPerStep.toFixed(1)} and ` +
    `${(bytesPerStep / 1024).toFixed(1)} KiB a step (${String(tensors)} tensors, ${(bytes / 2 ** 20).toFixed(1)} MiB now); ` +
    'tidy what your own parts make (tf.tidy).'
  );
}
