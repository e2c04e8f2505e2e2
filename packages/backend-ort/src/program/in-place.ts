import type { OnnxNode } from '../graph/onnx-model.js';
import type { Value } from '../recording/value.js';
import { sizeOf } from '../graph/shape.js';

/** Operators that compute each element from the elements at the same place, after reading them. */
const elementWiseTypes = new Set(['Add', 'Sub', 'Mul', 'Div', 'Sqrt', 'Neg', 'Relu', 'Max', 'Min']);

/** Operators whose result may be a view of their first input. */
const viewTypes = new Set(['Reshape', 'Identity']);

/** An input of a graph that could lend its memory. */
export interface LendingInput {
  readonly leaf: number;
  readonly name: string;
}

/**
 * Finds outputs that can be written into the memory of an input, as an optimiser's new weights into that of the old ones.
 * It is safe whatever order ONNX Runtime chooses, if every node that reads the input must have run before the node that
 * writes the output: if it is an ancestor of it.
 * @returns By output: the leaf whose memory it may take once no tensor holds that any more.
 */
export function planInPlace(
  nodes: readonly OnnxNode[],
  inputs: readonly LendingInput[],
  leaves: readonly Value[],
  outputs: readonly { readonly name: string; readonly value: Value }[],
): readonly (number | undefined)[] {
  const graph = new NodeGraph(nodes);
  const free = new Map<string, LendingInput[]>();
  for (const input of inputs) {
    const leaf = leaves[input.leaf];
    if (leaf === undefined || leaf.storage?.isScalar === true) continue;
    const kind = kindOf(leaf);
    free.set(kind, [...(free.get(kind) ?? []), input]);
  }
  return outputs.map(({ name, value }) => {
    const candidates = free.get(kindOf(value)) ?? [];
    const writer = graph.writerOf(name);
    if (writer === undefined || candidates.length === 0) return undefined;
    const before = graph.ancestorsOf(writer);
    const at = candidates.findIndex((candidate) => graph.canLend(candidate.name, writer, before));
    return at < 0 ? undefined : candidates.splice(at, 1)[0]?.leaf;
  });
}

function kindOf({ dtype, shape }: Value): string {
  return `${dtype}${String(sizeOf(shape))}`;
}

/** Who writes and who reads each tensor. */
class NodeGraph {
  readonly #writers = new Map<string, OnnxNode>();
  readonly #readers = new Map<string, OnnxNode[]>();

  constructor(nodes: readonly OnnxNode[]) {
    for (const node of nodes) {
      for (const output of node.outputs) this.#writers.set(output, node);
      for (const input of new Set(node.inputs)) {
        const known = this.#readers.get(input);
        if (known === undefined) this.#readers.set(input, [node]);
        else known.push(node);
      }
    }
  }

  writerOf(tensor: string): OnnxNode | undefined {
    return this.#writers.get(tensor);
  }

  ancestorsOf(node: OnnxNode): ReadonlySet<OnnxNode> {
    const ancestors = new Set<OnnxNode>();
    const list = [node];
    for (const next of list) {
      for (const input of next.inputs) {
        const writer = this.#writers.get(input);
        if (writer === undefined || ancestors.has(writer)) continue;
        ancestors.add(writer);
        list.push(writer);
      }
    }
    return ancestors;
  }

  /** Whether `writer` may write where the input lies: all that read it have run, or are `writer` itself, in place. */
  canLend(input: string, writer: OnnxNode, before: ReadonlySet<OnnxNode>): boolean {
    return this.#readersOf(input).every(
      ({ reader, direct }) =>
        before.has(reader) || (reader === writer && direct && elementWiseTypes.has(writer.type)),
    );
  }

  #readersOf(input: string): { readonly reader: OnnxNode; readonly direct: boolean }[] {
    const found: { readonly reader: OnnxNode; readonly direct: boolean }[] = [];
    const views = [input];
    for (const view of views) {
      for (const reader of this.#readers.get(view) ?? []) {
        found.push({ reader, direct: view === input });
        if (viewTypes.has(reader.type)) views.push(...reader.outputs);
      }
    }
    return found;
  }
}
