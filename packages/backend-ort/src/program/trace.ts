import type { RecordedNode, Value } from '../recording/value.js';
import type { ScalarPolicies } from './scalar-policy.js';

/** Everything that must run to know some values, in the order of a traversal that depends on its structure alone. */
export interface Trace {
  /** Kernels, inputs first. */
  readonly nodes: readonly RecordedNode[];
  /** Known values that they read. */
  readonly leaves: readonly Value[];
  /** What is to be known. */
  readonly targets: readonly Value[];
  /** Equal traces have equal keys. */
  readonly key: readonly number[];
  readonly hash: number;
  /** By leaf: the number that the graph takes for granted, or `undefined` if the leaf is an input of the graph. */
  readonly constants: readonly (number | undefined)[];
  /** By leaf: the leaf whose input it shares, itself or an earlier scalar of the same value. */
  readonly aliases: readonly number[];
}

let traversals = 0;

/** Mixes a number into a hash (FNV-1a over the number's two halves). */
function mix(hash: number, value: number): number {
  const low = Math.imul(hash ^ (value & 0xffff), 0x01000193);
  return Math.imul(low ^ (value >>> 16), 0x01000193);
}

/** Orders the kernels that `targets` depend on. */
export function traceTargets(targets: readonly Value[], policies: ScalarPolicies): Trace {
  const mark = ++traversals;
  const nodes: RecordedNode[] = [];
  const leaves: Value[] = [];
  const key: number[] = [];
  const reference = (value: Value): number =>
    value.node === null ? -1 - value.position : value.node.position * 16 + value.index;
  const arrive = (node: RecordedNode): void => {
    node.position = nodes.length;
    nodes.push(node);
    key.push(node.signature);
    for (const input of node.inputs) key.push(reference(input));
  };
  // Iterative: chains of kernels can be longer than the stack is deep.
  const stack: { node: RecordedNode; next: number }[] = [];
  const visit = (value: Value): void => {
    const { node } = value;
    if (node === null) {
      if (value.mark === mark) return;
      value.mark = mark;
      value.position = leaves.length;
      leaves.push(value);
    } else if (node.mark !== mark) {
      node.mark = mark;
      stack.push({ node, next: 0 });
    }
  };
  for (const target of targets) {
    visit(target);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.node.inputs[top.next];
      if (input === undefined) {
        stack.pop();
        arrive(top.node);
      } else {
        top.next += 1;
        visit(input);
      }
    }
  }
  for (const target of targets) key.push(reference(target));
  for (const { shape, dtype } of leaves) key.push(dtype.length, shape.length, ...shape);
  const { constants, aliases } = policies.decide(leaves, key.reduce(mix, 0x811c9dc5));
  leaves.forEach((_, index) => {
    const constant = constants[index];
    if (constant === undefined) key.push(aliases[index] ?? index);
    else key.push(-1, ...bitsOf(constant));
  });
  return { nodes, leaves, targets, key, hash: key.reduce(mix, 0x811c9dc5), constants, aliases };
}

const scratch = new Float64Array(1);
const scratchBits = new Int32Array(scratch.buffer);

function bitsOf(value: number): Int32Array {
  scratch[0] = value;
  return scratchBits;
}
