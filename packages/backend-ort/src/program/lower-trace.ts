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
}

/** A kernel as messages name it: `Conv2D [1x8x8x3], [3x3x3x16]`. */
export function describeNode({ op, inputs }: RecordedNode): string {
  const shapes = inputs.map(({ shape }) => `[${shape.join('x')}]`).join(', ');
  return `${op} ${shapes}`.trimEnd();
}

/** Writes a trace as an ONNX graph. */
export function lowerTrace(trace: Trace, target: Target): LoweredGraph {
  const graph = new GraphBuilder();
  const context = new LoweringContext(graph, target);
  const values = new Map<Value, Lowered>();
  const inputNames = trace.leaves.map((leaf, index) => {
    const constant = trace.constants[index];
    const alias = trace.aliases[index] ?? index;
    if (constant !== undefined) {
      values.set(leaf, loweredConstant(constant, leaf));
      return undefined;
    }
    const name = `i${String(alias)}`;
    values.set(leaf, lowered(name, leaf));
    if (alias === index) graph.input(name, leaf.dtype, leaf.shape);
    return alias === index ? name : undefined;
  });
  const { nodes, targets } = simplify(trace);
  for (const node of nodes) lowerNode(node, values, context);
  const outputNames = targets.map((target, index) => {
    const name = `o${String(index)}`;
    const value = values.get(target);
    if (value === undefined) throw new GraphError(`backend ort: output ${name} was not computed.`);
    graph.output(context.tensor(value), name, target.dtype, target.shape);
    return name;
  });
  return { graph, inputNames, outputNames };
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
