import { encodeModel, type OnnxValueInfo } from '../graph/onnx-model.js';
import type { Storage } from '../recording/storage.js';
import type { Value } from '../recording/value.js';
import type { OnnxTensor } from '../runtime/native.js';
import { splitConstantPart } from './constant-part.js';
import type { LendingInput } from './in-place.js';
import { LoadedGraph } from './loaded-graph.js';
import { lowerTrace, shortNames } from './lower-trace.js';
import type { ProgramHost } from './program-host.js';
import type { Trace } from './trace.js';

/** A result of the constant part, as `onnxruntime-node` returns it. */
interface ReturnedTensor {
  readonly type: OnnxValueInfo['dtype'];
  readonly dims: readonly number[];
}

/** A graph for inputs of which some are known: what depends on these alone has been computed. */
export class SpecializedGraph {
  readonly graph: LoadedGraph;
  readonly #known: readonly (readonly [leaf: number, storage: Storage | null | undefined])[];

  private constructor(
    graph: LoadedGraph,
    known: readonly (readonly [leaf: number, storage: Storage | null | undefined])[],
  ) {
    this.graph = graph;
    this.#known = known;
  }

  /**
   * Writes the graph anew, knowing what is constant, computes the constant part from `feeds`, and adds its results to them.
   * @returns `undefined` if there is no such part.
   */
  static create(
    host: ProgramHost,
    trace: Trace,
    constantInputs: readonly LendingInput[],
    feeds: Record<string, OnnxTensor>,
  ): SpecializedGraph | undefined {
    const constantLeaves = new Set(constantInputs.map(({ leaf }) => leaf));
    const { graph } = lowerTrace(trace, host.target, {
      ...shortNames,
      isConstant: (leaf) => constantLeaves.has(leaf),
    });
    const ignoredOutput = host.skipsReturn ? graph.skipReturn() : undefined;
    const names = new Set(constantInputs.map(({ name }) => name));
    const split = splitConstantPart(graph.parts(), names);
    if (split === undefined) return undefined;
    const { constant, boundary, varying } = split;
    const once = new LoadedGraph(host, encodeModel(constant), undefined);
    const wanted = new Set(constant.inputs.map(({ name }) => name));
    const given = Object.entries(feeds).filter(([name]) => wanted.has(name));
    const results = once.run(
      Object.fromEntries(given),
      Object.fromEntries(boundary.map((name) => [name, null])),
    );
    once.dispose();
    Object.assign(feeds, results);
    const inputs = boundary.map((name): OnnxValueInfo => {
      const { type, dims } = results[name] as ReturnedTensor;
      return { name, dtype: type, shape: dims };
    });
    const model = encodeModel({
      ...varying,
      nodes: varying.nodes.toReversed(),
      inputs: [...varying.inputs, ...inputs],
    });
    return new SpecializedGraph(
      new LoadedGraph(host, model, ignoredOutput, true),
      constantInputs.map(({ leaf }) => [leaf, trace.leaves[leaf]?.storage]),
    );
  }

  /** Whether the known inputs are the ones the constant part was computed from. */
  fits(leaves: readonly Value[]): boolean {
    return this.#known.every(([leaf, storage]) => leaves[leaf]?.storage === storage);
  }

  dispose(): void {
    this.graph.dispose();
  }
}
