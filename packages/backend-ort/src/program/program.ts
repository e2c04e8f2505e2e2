import { freemem } from 'node:os';

import { GraphError, messageOf, OutOfMemoryError } from '../errors.js';
import { bytesPerElement } from '../graph/dtype.js';
import { sameShape, sizeOf } from '../graph/shape.js';
import type { Target } from '../lowering/lowering-context.js';
import type { ArrayPool } from '../recording/array-pool.js';
import { Storage } from '../recording/storage.js';
import type { Value } from '../recording/value.js';
import type {
  NativeRuntime,
  NativeSession,
  OnnxTensor,
  SessionOptions,
} from '../runtime/native.js';
import { isReturnRefusal } from '../runtime/return-probe.js';
import { planInPlace } from './in-place.js';
import { lowerTrace } from './lower-trace.js';
import type { Trace } from './trace.js';

/** What all programs of a backend share. */
export interface ProgramHost {
  readonly runtime: NativeRuntime;
  readonly target: Target;
  /** Whether ONNX Runtime can be kept from copying every output. */
  readonly skipsReturn: boolean;
  /** Options of a graph that is run again and again, which keeps its memory, or of one that runs once. */
  sessionOptions(runsOften: boolean): SessionOptions;
}

/** What a program's run needs beside its trace. */
export interface RunMemory {
  readonly pool: ArrayPool;
  /** Whether no tensor holds these numbers any more, so that their memory may be written to. */
  readonly isFree: (storage: Storage) => boolean;
}

/**
 * A trace's graph, loaded and ready to run with other numbers. Outputs are written over inputs that nobody holds any more.
 * Many graphs run only once, so the first run returns all its working memory; from the second run on it is kept.
 */
export class Program {
  readonly key: Int32Array;
  readonly #host: ProgramHost;
  readonly #model: Uint8Array<ArrayBuffer>;
  readonly #inputs: readonly (readonly [leaf: number, name: string])[];
  readonly #outputNames: readonly string[];
  /** By output: the leaf whose memory it may be written to. */
  readonly #lenders: readonly (number | undefined)[];
  readonly #ignoredOutput: string | undefined;
  /** Whether the first run may find too little memory: it then leaves all inputs as they are. */
  readonly #isLarge: boolean;
  /** Kept from run to run, because objects of hundreds of names are dear to make. */
  readonly #feeds: Record<string, OnnxTensor> = {};
  readonly #fetches: Record<string, OnnxTensor | null> = {};
  #session: NativeSession;
  #runs = 0;

  /** @throws GraphError if ONNX Runtime refuses the graph. */
  constructor(trace: Trace, host: ProgramHost) {
    const { graph, inputNames, outputNames } = lowerTrace(trace, host.target);
    this.key = trace.key;
    this.#host = host;
    this.#ignoredOutput = host.skipsReturn ? graph.skipReturn() : undefined;
    const { nodes, inputs } = graph.parts();
    const used = new Set(inputs.map(({ name }) => name));
    this.#inputs = inputNames.flatMap((name, leaf) =>
      name !== undefined && used.has(name) ? [[leaf, name] as const] : [],
    );
    this.#outputNames = outputNames;
    this.#lenders = planInPlace(
      nodes,
      this.#inputs.map(([leaf, name]) => ({ leaf, name })),
      trace.leaves,
      trace.targets.map((value, i) => ({ name: outputNames[i] ?? '', value })),
    );
    this.#isLarge = bytesOf(trace) > freemem();
    this.#model = graph.encode('reversed');
    this.#session = this.#load(false);
  }

  /**
   * Runs the graph on a trace's leaves.
   * @returns The targets' numbers, in their order.
   * @throws GraphError or OutOfMemoryError. If inputs may have been written over by then, they are marked as lost.
   */
  run({ leaves, targets }: Trace, memory: RunMemory): Storage[] {
    this.#runs += 1;
    if (this.#runs === 2) {
      this.#session.dispose();
      this.#session = this.#load(true);
    }
    for (const [leaf, name] of this.#inputs) {
      const value = leaves[leaf];
      if (!value?.storage) continue;
      expectHeld(value.storage);
      this.#feeds[name] = this.#wrap(value.storage, value.shape);
    }
    if (this.#ignoredOutput !== undefined) this.#fetches[this.#ignoredOutput] = null;
    const lent: Storage[] = [];
    const results = targets.map((target, index) => {
      const lender = leaves[this.#lenders[index] ?? -1];
      const storage = this.#place(target, lender, memory);
      if (storage.array === lender?.storage?.array) lent.push(lender.storage);
      this.#fetches[this.#outputNames[index] ?? ''] = this.#wrap(storage, target.shape);
      return storage;
    });
    try {
      this.#session.run(this.#feeds, this.#fetches, {});
    } catch (cause) {
      if (!(this.#ignoredOutput !== undefined && isReturnRefusal(cause))) {
        for (const storage of lent) storage.state = 'lost';
        throw graphError('does not run', cause);
      }
    }
    for (const storage of lent) storage.state = 'lent';
    return results;
  }

  /** Where a result is to be written: over a lender that nobody holds any more, or into other memory. */
  #place({ dtype, shape }: Value, lender: Value | undefined, { pool, isFree }: RunMemory): Storage {
    const lent = lender?.storage;
    const isCareful = this.#runs === 1 && this.#isLarge;
    if (isCareful || lent == null || !isFree(lent)) {
      return new Storage(dtype, pool.take(dtype, sizeOf(shape)));
    }
    const storage = new Storage(dtype, lent.array);
    if (sameShape(lender?.shape ?? [], shape)) storage.wrapped = lent.wrapped;
    return storage;
  }

  /** Unloads the graph, and writes its profile if there is one. */
  dispose(): void {
    if (this.#host.sessionOptions(true)['enableProfiling'] === true) this.#session.endProfiling();
    this.#session.dispose();
  }

  #load(runsOften: boolean): NativeSession {
    const session = this.#host.runtime.createSession();
    const { buffer, byteOffset, byteLength } = this.#model;
    try {
      session.loadModel(buffer, byteOffset, byteLength, this.#host.sessionOptions(runsOften));
    } catch (cause) {
      throw graphError('does not build', cause);
    }
    return session;
  }

  #wrap(storage: Storage, shape: readonly number[]): OnnxTensor {
    storage.wrapped ??= this.#host.runtime.tensor(storage.dtype, storage.array, shape);
    return storage.wrapped as OnnxTensor;
  }
}

/** Bytes of everything that a trace computes, were all of it in memory at once. */
function bytesOf({ nodes }: Trace): number {
  let bytes = 0;
  for (const { outputs } of nodes) {
    for (const { dtype, shape } of outputs) bytes += sizeOf(shape) * bytesPerElement[dtype];
  }
  return bytes;
}

function expectHeld({ state }: Storage): void {
  if (state === 'held') return;
  throw new GraphError(
    'backend ort: a tensor depends on numbers that were lost when an earlier run failed half-way, such as weights in ' +
      'the middle of an update; make the tensors anew, for example from the last checkpoint.',
  );
}

/** ONNX Runtime names the node, whose name tells the tfjs kernel. */
function graphError(what: string, cause: unknown): Error {
  const text = messageOf(cause);
  const origin = /(\w+(?: \[[\dx]*\],?)*)#\d+/.exec(text)?.[1];
  const from = origin === undefined ? '' : ` at the tfjs kernel ${origin}`;
  if (/bad_alloc|Failed to allocate|out of memory|OrtAllocator|BFCArena/i.test(text)) {
    return new OutOfMemoryError(
      `backend ort: memory did not suffice for a graph${from}; use smaller batches or images. ONNX Runtime: ${text}`,
      { cause },
    );
  }
  return new GraphError(`backend ort: a graph ${what}${from}. ONNX Runtime: ${text}`, { cause });
}
