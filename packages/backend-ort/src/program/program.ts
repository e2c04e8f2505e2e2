import { messageOf, GraphError, OutOfMemoryError } from '../errors.js';
import { sizeOf } from '../graph/shape.js';
import type { NativeRuntime, NativeSession, OnnxTensor, SessionOptions } from '../runtime/native.js';
import type { ArrayPool } from '../recording/array-pool.js';
import { Storage } from '../recording/storage.js';
import type { Target } from '../lowering/lowering-context.js';
import { lowerTrace } from './lower-trace.js';
import type { Trace } from './trace.js';

/** A trace's graph, loaded and ready to run with other numbers. */
export class Program {
  readonly key: readonly number[];
  readonly #runtime: NativeRuntime;
  readonly #session: NativeSession;
  readonly #inputs: readonly (readonly [leaf: number, name: string])[];
  readonly #outputNames: readonly string[];

  /** @throws GraphError if ONNX Runtime refuses the graph. */
  constructor(trace: Trace, runtime: NativeRuntime, target: Target, options: SessionOptions) {
    const { graph, inputNames, outputNames } = lowerTrace(trace, target);
    const model = graph.encode();
    const used = new Set(graph.parts().inputs.map(({ name }) => name));
    this.key = trace.key;
    this.#runtime = runtime;
    this.#inputs = inputNames.flatMap((name, leaf) =>
      name !== undefined && used.has(name) ? [[leaf, name] as const] : [],
    );
    this.#outputNames = outputNames;
    this.#session = runtime.createSession();
    try {
      this.#session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
    } catch (cause) {
      throw graphError('does not build', cause);
    }
  }

  /**
   * Runs the graph on a trace's leaves.
   * @returns The targets' numbers, in their order.
   * @throws GraphError or OutOfMemoryError; nothing has changed then.
   */
  run({ leaves, targets }: Trace, pool: ArrayPool): Storage[] {
    const feeds: Record<string, OnnxTensor> = {};
    for (const [leaf, name] of this.#inputs) {
      const value = leaves[leaf];
      if (value?.storage) feeds[name] = this.#wrap(value.storage, value.shape);
    }
    const fetches: Record<string, OnnxTensor> = {};
    const results = targets.map(({ dtype, shape }, index) => {
      const storage = new Storage(dtype, pool.take(dtype, sizeOf(shape)));
      fetches[this.#outputNames[index] ?? ''] = this.#wrap(storage, shape);
      return storage;
    });
    try {
      this.#session.run(feeds, fetches, {});
    } catch (cause) {
      for (const { dtype, array } of results) pool.give(dtype, array);
      throw graphError('does not run', cause);
    }
    return results;
  }

  dispose(): void {
    this.#session.dispose();
  }

  #wrap(storage: Storage, shape: readonly number[]): OnnxTensor {
    storage.wrapped ??= this.#runtime.tensor(storage.dtype, storage.array, shape);
    return storage.wrapped as OnnxTensor;
  }
}

/** ONNX Runtime names the node, whose name tells the tfjs kernel. */
function graphError(what: string, cause: unknown): Error {
  const text = messageOf(cause);
  const origin = /[Nn]ode(?: with name)?(?::|\.)? ?(?:Name:)?\s*'?([A-Za-z][A-Za-z0-9_]*(?: \[[^#']*\])*)#\d+/.exec(text)?.[1];
  const from = origin === undefined ? '' : ` at the tfjs kernel ${origin}`;
  if (/bad_alloc|Failed to allocate|out of memory|OrtAllocator|BFCArena/i.test(text)) {
    return new OutOfMemoryError(
      `backend ort: memory did not suffice for a graph${from}; use smaller batches or images. ONNX Runtime: ${text}`,
      { cause },
    );
  }
  return new GraphError(`backend ort: a graph ${what}${from}. ONNX Runtime: ${text}`, { cause });
}
