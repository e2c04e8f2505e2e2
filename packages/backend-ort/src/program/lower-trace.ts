import { GraphBuilder } from '../graph/graph-builder.js';
import { sameShape } from '../graph/shape.js';
import { GraphError } from '../errors.js';
import { lowerings } from '../kernels/table.js';
import { lowered, loweredConstant, type Lowered } from '../lowering/lowered.js';
import { LoweringContext, type Target } from '../lowering/lowering-context.js';
import { simplify } from '../rewriting/simplify.js';
import type { RecordedNode, Value } from '../recording/value.js';
import type { Trace } from './trace.js';

/** A graph, and how its inputs and outputs are named. */
export interface LoweredGraph {
  readonly graph: GraphBuilder;
  /** By leaf of the trace: the input's name, or `undefined` if the leaf is a constant or shares an input. */
  readonly inputNames: readonly (string | undefined)[];
  /** By target of the trace. */
  readonly outputNames: readonly string[];
  /** By target: the shape in which the graph gives it; the numbers come in the order of the target's own. */
  readonly outputShapes: readonly (readonly number[])[];
}

/** A kernel as messages name it: `Conv2D [1x8x8x3], [3x3x3x16]`. */
export function describeNode({ op, inputs }: RecordedNode): string {
  const shapes = inputs.map(({ shape }) => `[${shape.join('x')}]`).join(', ');
  return `${op} ${shapes}`.trimEnd();
}

/** How a graph's inputs and outputs are called. */
export interface GraphNames {
  /** The name of a leaf's input; `undefined` writes the leaf's numbers into the graph. */
  input(leaf: number): string | undefined;
  output(target: number): string;
  /** Whether outputs must have the shapes of their targets. */
  readonly keepsShapes?: boolean;
  /** Whether a leaf's numbers are known to be the same in every run. */
  isConstant?(leaf: number): boolean;
}

/** Names by position. */
export const shortNames: GraphNames = {
  input: (leaf) => `i${String(leaf)}`,
  output: (target) => `o${String(target)}`,
};

/** Writes a trace as an ONNX graph. */
export function lowerTrace(
  trace: Trace,
  target: Target,
  names: GraphNames = shortNames,
): LoweredGraph {
  const graph = new GraphBuilder();
  const context = new LoweringContext(graph, target);
  const values = new Map<Value, Lowered>();
  const inputNames = trace.leaves.map((leaf, index) => {
    const { value, name } = lowerLeaf(trace, index, graph, names);
    values.set(leaf, value);
    return name;
  });
  const { nodes, targets } = simplify(trace);
  for (const node of nodes) lowerNode(node, values, context);
  const outputShapes = targets.map(({ shape }) => shape);
  const outputNames = targets.map((target, index) => {
    const name = names.output(index);
    const value = values.get(target);
    if (value === undefined) throw new GraphError(`backend ort: output ${name} was not computed.`);
    const tensor = context.tensor(value);
    if (names.keepsShapes === true) graph.output(tensor, name, target.dtype, target.shape);
    else outputShapes[index] = graph.outputInAnyShape(tensor, name, target.dtype, target.shape);
    return name;
  });
  return { graph, inputNames, outputNames, outputShapes };
}

function lowerLeaf(
  { leaves, constants, aliases }: Trace,
  index: number,
  graph: GraphBuilder,
  names: GraphNames,
): { value: Lowered; name: string | undefined } {
  const leaf = leaves[index];
  if (leaf === undefined) throw new RangeError('backend ort: a trace has no such leaf.');
  const constant = constants[index];
  if (constant !== undefined) return { value: loweredConstant(constant, leaf), name: undefined };
  const alias = aliases[index] ?? index;
  const name = names.input(alias);
  if (name !== undefined) {
    if (alias === index) {
      graph.input(name, leaf.dtype, leaf.shape, names.isConstant?.(index));
    }
    return { value: lowered(name, leaf), name: alias === index ? name : undefined };
  }
  const array = leaf.storage?.array;
  const bytes = new Uint8Array(
    array?.buffer ?? new ArrayBuffer(0),
    array?.byteOffset,
    array?.byteLength,
  );
  return {
    value: lowered(graph.initializer(`w${String(index)}`, leaf.dtype, leaf.shape, bytes), leaf),
    name: undefined,
  };
}

function lowerNode(
  node: RecordedNode,
  values: Map<Value, Lowered>,
  context: LoweringContext,
): void {
  const lowering = lowerings[node.op];
  if (lowering === undefined) {
    throw new GraphError(`backend ort: no lowering is registered for "${node.op}".`);
  }
  context.graph.setOrigin(describeNode(node));
  const inputs = node.inputs.map((input) => {
    const value = values.get(input);
    if (value === undefined) throw new GraphError(`backend ort: ${node.op} came before its input.`);
    return value;
  });
  const made = lowering(node, inputs, context);
  const outputs: readonly Lowered[] = isList(made) ? made : [made];
  node.outputs.forEach((output, index) => {
    const value = outputs[index];
    if (value === undefined || !sameShape(value.shape, output.shape)) {
      throw new GraphError(
        `backend ort: the lowering of ${describeNode(node)} gave [${value?.shape.join('x') ?? ''}] ` +
          `where [${output.shape.join('x')}] was recorded.`,
      );
    }
    values.set(output, value);
  });
}

function isList(made: Lowered | readonly Lowered[]): made is readonly Lowered[] {
  return Array.isArray(made);
}
