import { mostOutputs, type RecordedNode, type Value } from '../recording/value.js';
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
  readonly key: Int32Array;
  readonly hash: number;
  /** By leaf: the number that the graph takes for granted, or `undefined` if the leaf is an input of the graph. */
  readonly constants: readonly (number | undefined)[];
  /** By leaf: the leaf whose input it shares, itself or an earlier scalar of the same value. */
  readonly aliases: readonly number[];
}

let traversals = 0;

/** Collects a key's numbers and their hash (FNV-1a over the numbers' halves). */
class KeyWriter {
  // Shared by all writers: a key is finished before the next one begins.
  static #scratch = new Int32Array(4096);
  #length = 0;
  hash = 0x811c9dc5;

  push(value: number): void {
    if (this.#length === KeyWriter.#scratch.length) this.#grow();
    KeyWriter.#scratch[this.#length] = value;
    this.#length += 1;
    const low = Math.imul(this.hash ^ (value & 0xffff), 0x01000193);
    this.hash = Math.imul(low ^ (value >>> 16), 0x01000193);
  }

  done(): Int32Array {
    return KeyWriter.#scratch.slice(0, this.#length);
  }

  #grow(): void {
    const larger = new Int32Array(KeyWriter.#scratch.length * 2);
    larger.set(KeyWriter.#scratch);
    KeyWriter.#scratch = larger;
  }
}

/**
 * Collects the kernels that `targets` depend on, in the order in which the program called them: the order in which an
 * eager backend would run them, and let go of what the gradients no longer need.
 */
export function traceTargets(targets: readonly Value[], policies: ScalarPolicies): Trace {
  const nodes = collectNodes(targets).sort((a, b) => a.sequence - b.sequence);
  const mark = ++traversals;
  const leaves: Value[] = [];
  /** By leaf: what it is to the kernel that reads it first. */
  const roles: string[] = [];
  const key = new KeyWriter();
  const reference = (value: Value, reader: string, input: number): number => {
    if (value.node !== null) return value.node.position * mostOutputs + value.index;
    if (value.mark !== mark) {
      value.mark = mark;
      value.position = leaves.length;
      leaves.push(value);
      roles.push(value.storage?.isScalar === true ? `${reader}.${String(input)}` : '');
    }
    return -1 - value.position;
  };
  nodes.forEach((node, position) => {
    node.position = position;
    key.push(node.signature);
    node.inputs.forEach((value, input) => {
      key.push(reference(value, node.op, input));
    });
  });
  for (const target of targets) key.push(reference(target, '', 0));
  for (const { shape, dtype } of leaves) {
    key.push(dtype.length);
    key.push(shape.length);
    for (const length of shape) key.push(length);
  }
  const { constants, aliases } = policies.decide(leaves, roles, key.hash);
  leaves.forEach((_, index) => {
    const constant = constants[index];
    if (constant === undefined) {
      key.push(aliases[index] ?? index);
    } else {
      key.push(-1);
      for (const half of bitsOf(constant)) key.push(half);
    }
  });
  return { nodes, leaves, targets, key: key.done(), hash: key.hash, constants, aliases };
}

function collectNodes(targets: readonly Value[]): RecordedNode[] {
  const mark = ++traversals;
  const nodes: RecordedNode[] = [];
  // The list grows while it is walked; chains of kernels can be longer than the stack is deep.
  const reach = ({ node }: Value): void => {
    if (node === null || node.mark === mark) return;
    node.mark = mark;
    nodes.push(node);
  };
  targets.forEach(reach);
  for (const node of nodes) node.inputs.forEach(reach);
  return nodes;
}

const scratch = new Float64Array(1);
const scratchBits = new Int32Array(scratch.buffer);

function bitsOf(value: number): Int32Array {
  scratch[0] = value;
  return scratchBits;
}
