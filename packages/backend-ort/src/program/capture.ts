import type { Target } from '../lowering/lowering-context.js';
import type { Value } from '../recording/value.js';
import { lowerTrace } from './lower-trace.js';
import { ScalarPolicies } from './scalar-policy.js';
import { traceTargets } from './trace.js';

/** What a program computed, as a model that any ONNX runtime runs. */
export interface CapturedModel {
  /** The bytes of an `.onnx` file: ONNX's own operators of opset 18, IR version 8; maps are NHWC as in tfjs. */
  readonly model: Uint8Array<ArrayBuffer>;
  /** Names of its inputs, in the order given. */
  readonly inputs: readonly string[];
  /** Names of its outputs. */
  readonly outputs: readonly string[];
}

/** Plain operators, which every runtime has. */
const portable: Target = { blockSize: 0, contribOperators: false, poolIndices: false };

/** Writes what `outputs` depend on as a model; values that are not among `inputs` become its constants. */
export function captureValues(
  inputs: ReadonlyMap<string, Value>,
  outputs: ReadonlyMap<string, Value>,
): CapturedModel {
  const trace = traceTargets([...outputs.values()], new ScalarPolicies());
  const storages = new Map([...inputs].map(([name, { storage }]) => [storage, name]));
  const outputNames = [...outputs.keys()];
  const named = trace.leaves.map(({ storage }) => storages.get(storage));
  // Every scalar is a number of the model, unless it is an input.
  const constants = trace.leaves.map(({ storage }, leaf) =>
    storage?.isScalar === true && named[leaf] === undefined ? storage.array[0] : undefined,
  );
  const aliases = trace.leaves.map((_, leaf) => {
    const name = named[leaf];
    return name === undefined ? leaf : named.indexOf(name);
  });
  const { graph, outputNames: written } = lowerTrace({ ...trace, constants, aliases }, portable, {
    input: (leaf) => named[leaf],
    output: (target) => outputNames[target] ?? '',
    keepsShapes: true,
  });
  const used = new Set(graph.parts().inputs.map(({ name }) => name));
  return {
    model: graph.encode(),
    inputs: [...inputs.keys()].filter((name) => used.has(name)),
    outputs: written,
  };
}
