import {
  RecordedNode,
  type KernelAttributes,
  type OutputInfo,
  type Value,
} from '../recording/value.js';

/** Recorded kernels, inputs first, and what is wanted of them. */
export interface ValueGraph {
  readonly nodes: readonly RecordedNode[];
  readonly targets: readonly Value[];
}

/** What a rule sees of the graph around a node. */
export interface RewriteScope {
  /** Kernels and targets that use a value. */
  uses(value: Value): number;
  /** The first result of a kernel of this op that reads the value as its first input and came before. */
  firstReader(op: string, value: Value): Value | undefined;
  /** Adds a kernel and gives its outputs. */
  make(
    op: string,
    inputs: readonly Value[],
    attributes: KernelAttributes | undefined,
    outputs: readonly OutputInfo[],
  ): readonly Value[];
}

/**
 * Replaces a kernel by something cheaper of the same meaning.
 * @returns What stands for the kernel's only (or first) output from now on; `undefined` if the rule does not apply.
 */
export type RewriteRule = (node: RecordedNode, scope: RewriteScope) => Value | undefined;

/** Applies rules to every kernel, inputs first, and leaves out what nothing uses any more. */
export function rewrite({ nodes, targets }: ValueGraph, rules: readonly RewriteRule[]): ValueGraph {
  const uses = countUses(nodes, targets);
  const replaced = new Map<Value, Value>();
  const readers = new Map<Value, Map<string, Value>>();
  const kept: RecordedNode[] = [];
  const current = (value: Value): Value => {
    let now = value;
    for (let next = replaced.get(now); next !== undefined; next = replaced.get(now)) now = next;
    return now;
  };
  const add = (node: RecordedNode): void => {
    kept.push(node);
    const [source] = node.inputs;
    const [result] = node.outputs;
    if (source === undefined || result === undefined) return;
    const known = readers.get(source) ?? new Map<string, Value>();
    if (!known.has(node.op)) known.set(node.op, result);
    readers.set(source, known);
  };
  const scope: RewriteScope = {
    uses: (value) => uses.get(value) ?? 0,
    firstReader: (op, value) => readers.get(value)?.get(op),
    make: (op, inputs, attributes, outputs) => {
      const node = new RecordedNode(op, inputs, attributes, outputs, -1);
      add(node);
      return node.outputs;
    },
  };
  for (const original of nodes) {
    const node = withInputs(original, original.inputs.map(current));
    if (node !== original) {
      original.outputs.forEach((output, index) => {
        const successor = node.outputs[index];
        if (successor === undefined) return;
        replaced.set(output, successor);
        uses.set(successor, uses.get(output) ?? 0);
      });
    }
    const [first] = node.outputs;
    const result = firstResult(rules, node, scope);
    if (result === undefined || first === undefined) {
      add(node);
      continue;
    }
    replaced.set(first, result);
    uses.set(result, (uses.get(result) ?? 0) + (uses.get(first) ?? 0));
    // The other outputs, if any is used, are still the node's own.
    if (node.outputs.length > 1) add(node);
  }
  const wanted = targets.map(current);
  return { nodes: usedNodes(kept, wanted), targets: wanted };
}

function firstResult(
  rules: readonly RewriteRule[],
  node: RecordedNode,
  scope: RewriteScope,
): Value | undefined {
  for (const rule of rules) {
    const result = rule(node, scope);
    if (result !== undefined) return result;
  }
  return undefined;
}

function withInputs(node: RecordedNode, inputs: readonly Value[]): RecordedNode {
  if (inputs.every((input, i) => input === node.inputs[i])) return node;
  return new RecordedNode(node.op, inputs, node.attributes, node.outputs, node.signature);
}

function countUses(nodes: readonly RecordedNode[], targets: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value): void => {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  };
  for (const { inputs } of nodes) inputs.forEach(count);
  targets.forEach(count);
  return uses;
}

function usedNodes(nodes: readonly RecordedNode[], targets: readonly Value[]): RecordedNode[] {
  const wanted = new Set(targets);
  const used: RecordedNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => wanted.has(output))) continue;
    for (const input of node.inputs) wanted.add(input);
    used.push(node);
  }
  return used.reverse();
}
