import { freemem } from 'node:os';

import { GraphError } from '../errors.js';
import { bytesPerElement } from '../graph/dtype.js';
import { encodeModel, type OnnxGraphParts } from '../graph/onnx-model.js';
import { sameShape, sizeOf } from '../graph/shape.js';
import type { ArrayPool } from '../recording/array-pool.js';
import { Storage } from '../recording/storage.js';
import type { Value } from '../recording/value.js';
import type { OnnxTensor } from '../runtime/native.js';
import { ConstantInputs } from './constant-inputs.js';
import { planInPlace } from './in-place.js';
import { LoadedGraph } from './loaded-graph.js';
import { lowerTrace } from './lower-trace.js';
import type { ProgramHost } from './program-host.js';
import { SpecializedGraph } from './specialized-graph.js';
import type { Trace } from './trace.js';

/** What a program's run needs beside its trace. */
export interface RunMemory {
  readonly pool: ArrayPool;
  /** Whether no tensor holds these numbers any more, so that their memory may be written to. */
  readonly isFree: (storage: Storage) => boolean;
  /** Told how long ONNX Runtime computed. */
  readonly countSeconds: (seconds: number) => void;
}

/**
 * A trace's graph, loaded and ready to run with other numbers. Outputs are written over inputs that nobody holds any more.
 * When some inputs turn out to be the same in every run, what depends on them alone is computed once.
 */
export class Program {
  readonly key: Int32Array;
  readonly #host: ProgramHost;
  readonly #parts: OnnxGraphParts;
  readonly #inputs: readonly { readonly leaf: number; readonly name: string }[];
  readonly #outputNames: readonly string[];
  readonly #outputShapes: readonly (readonly number[])[];
  /** By output: the leaf whose memory it may be written to. */
  readonly #lenders: readonly (number | undefined)[];
  readonly #ignoredOutput: string | undefined;
  /** Whether the first run may find too little memory: it then leaves all inputs as they are. */
  readonly #isLarge: boolean;
  /** Kept from run to run, because objects of hundreds of names are dear to make. */
  readonly #feeds: Record<string, OnnxTensor> = {};
  readonly #fetches: Record<string, OnnxTensor | null> = {};
  readonly #constants: ConstantInputs;
  #graph: LoadedGraph | undefined;
  #specialized: SpecializedGraph | undefined;
  #runs = 0;

  /** @throws GraphError if ONNX Runtime refuses the graph. */
  constructor(trace: Trace, host: ProgramHost) {
    const { graph, inputNames, outputNames, outputShapes } = lowerTrace(trace, host.target);
    this.key = trace.key;
    this.#host = host;
    this.#ignoredOutput = host.skipsReturn ? graph.skipReturn() : undefined;
    this.#parts = graph.parts();
    const used = new Set(this.#parts.inputs.map(({ name }) => name));
    this.#inputs = inputNames.flatMap((name, leaf) =>
      name !== undefined && used.has(name) ? [{ leaf, name }] : [],
    );
    this.#outputNames = outputNames;
    this.#outputShapes = outputShapes;
    this.#lenders = planInPlace(
      this.#parts.nodes,
      this.#inputs,
      trace.leaves,
      trace.targets.map((value, i) => ({ name: outputNames[i] ?? '', value })),
    );
    this.#isLarge = bytesOf(trace) > freemem();
    this.#constants = new ConstantInputs(this.#inputs.map(({ leaf }) => leaf));
    this.#graph = this.#load(false);
  }

  /**
   * Runs the graph on a trace's leaves.
   * @returns The targets' numbers, in their order.
   * @throws GraphError or OutOfMemoryError. If inputs may have been written over by then, they are marked as lost.
   */
  run(trace: Trace, memory: RunMemory): Storage[] {
    const { leaves, targets } = trace;
    this.#runs += 1;
    for (const { leaf, name } of this.#inputs) {
      const value = leaves[leaf];
      if (!value?.storage) continue;
      expectHeld(value.storage);
      this.#feeds[name] = this.#wrap(value.storage, value.shape);
    }
    const lent: Storage[] = [];
    const results = targets.map((target, index) => {
      const lender = leaves[this.#lenders[index] ?? -1];
      const storage = this.#place(target, lender, memory);
      if (storage.array === lender?.storage?.array) lent.push(lender.storage);
      this.#fetches[this.#outputNames[index] ?? ''] = this.#wrapOutput(storage, target, index);
      return storage;
    });
    const graph = this.#chooseGraph(trace);
    const start = performance.now();
    try {
      graph.run(this.#feeds, this.#fetches);
      memory.countSeconds((performance.now() - start) / 1000);
    } catch (error) {
      for (const storage of lent) storage.state = 'lost';
      throw error;
    }
    for (const storage of lent) storage.state = 'lent';
    return results;
  }

  /** Unloads the graph. */
  dispose(): void {
    this.#graph?.dispose();
    this.#specialized?.dispose();
  }

  #load(runsOften: boolean): LoadedGraph {
    // Listed backwards; see GraphBuilder.encode.
    const model = encodeModel({ ...this.#parts, nodes: this.#parts.nodes.toReversed() });
    return new LoadedGraph(this.#host, model, this.#ignoredOutput, runsOften);
  }

  /** The graph for these inputs: the one with what is constant computed beforehand, if they are those it was made for. */
  #chooseGraph(trace: Trace): LoadedGraph {
    const { leaves } = trace;
    if (this.#specialized?.fits(leaves) === true) return this.#specialized.graph;
    if (this.#specialized !== undefined) {
      this.#specialized.dispose();
      this.#specialized = undefined;
      this.#constants.refute();
    }
    this.#constants.observe(leaves);
    const constant = this.#constants.proven();
    if (constant !== undefined) {
      const names = new Map(this.#inputs.map(({ leaf, name }) => [leaf, name]));
      const inputs = constant.map((leaf) => ({ leaf, name: names.get(leaf) ?? '' }));
      this.#specialized = SpecializedGraph.create(this.#host, trace, inputs, this.#feeds);
      if (this.#specialized !== undefined) {
        this.#graph?.dispose();
        this.#graph = undefined;
        return this.#specialized.graph;
      }
      this.#constants.refute();
    }
    this.#graph ??= this.#load(true);
    return this.#graph;
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

  /** An output may be given in another shape than the one in which it will be an input. */
  #wrapOutput(storage: Storage, { shape }: Value, index: number): OnnxTensor {
    const given = this.#outputShapes[index] ?? shape;
    if (sameShape(given, shape)) return this.#wrap(storage, shape);
    return this.#host.runtime.tensor(storage.dtype, storage.array, given);
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
