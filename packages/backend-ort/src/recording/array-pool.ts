import { OutOfMemoryError } from '../errors.js';
import { allocateArray, bytesPerElement, type Dtype, type NumericArray } from '../graph/dtype.js';

/** Smaller arrays are cheaper to make than to keep. */
const smallestKept = 256;
/** Runs after which an array that nobody took again is let go. */
const keptRuns = 8;

interface FreeArray {
  readonly array: NumericArray;
  readonly since: number;
}

/** Arrays of tensors that are gone, for the results of the next run: fresh memory costs a page fault per page. */
export class ArrayPool {
  readonly #free = new Map<string, FreeArray[]>();
  #run = 0;
  #bytes = 0;

  /** Bytes held for reuse. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * An array with any content.
   * @throws OutOfMemoryError if there is no room for it.
   */
  take(dtype: Dtype, length: number): NumericArray {
    const kept = this.#free.get(dtype + String(length))?.pop();
    if (kept === undefined) return allocate(dtype, length);
    this.#bytes -= length * bytesPerElement[dtype];
    return kept.array;
  }

  /** Gives back an array that nothing refers to any more. */
  give(dtype: Dtype, array: NumericArray): void {
    if (array.length < smallestKept) return;
    const key = dtype + String(array.length);
    const list = this.#free.get(key);
    const entry = { array, since: this.#run };
    if (list === undefined) this.#free.set(key, [entry]);
    else list.push(entry);
    this.#bytes += array.byteLength;
  }

  /** Counts a run and lets go of what has been lying about for several. */
  endRun(): void {
    this.#run += 1;
    for (const [key, list] of this.#free) {
      // The oldest comes first.
      if (list[0] !== undefined && this.#run - list[0].since <= keptRuns) continue;
      const fresh = list.filter(({ since }) => this.#run - since <= keptRuns);
      for (const { array, since } of list) {
        if (this.#run - since > keptRuns) this.#bytes -= array.byteLength;
      }
      if (fresh.length === 0) this.#free.delete(key);
      else if (fresh.length < list.length) this.#free.set(key, fresh);
    }
  }

  /** Lets go of everything. */
  clear(): void {
    this.#free.clear();
    this.#bytes = 0;
  }
}

function allocate(dtype: Dtype, length: number): NumericArray {
  try {
    return allocateArray(dtype, length);
  } catch (cause) {
    throw new OutOfMemoryError(
      `backend ort: memory did not suffice for a tensor of ${String(length)} numbers; use smaller batches or images.`,
      { cause },
    );
  }
}
