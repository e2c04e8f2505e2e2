import type { Dtype } from '../graph/dtype.js';
import type { Storage } from './storage.js';

/** What a kernel needs beside its inputs; plain numbers, texts and arrays, so that equal ones look equal in JSON. */
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Shape and type of a kernel's result. */
export interface OutputInfo {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

let created = 0;

/** A kernel has fewer outputs than this, so that a node's and an output's number make one number. */
export const mostOutputs = 4096;

/** A kernel that was called and not yet run. */
export class RecordedNode {
  /** Rises from kernel to kernel in the order of their calls. */
  readonly sequence = ++created;
  /** Key of the table of lowerings. */
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: KernelAttributes | undefined;
  readonly outputs: readonly Value[];
  /** Stands for op, attributes and output infos: equal for equal ones. */
  readonly signature: number;
  /** Scratch of a traversal: which one saw the node last, and its place in there. */
  mark = 0;
  position = 0;

  constructor(
    op: string,
    inputs: readonly Value[],
    attributes: KernelAttributes | undefined,
    outputs: readonly OutputInfo[],
    signature: number,
  ) {
    this.op = op;
    this.inputs = inputs;
    this.attributes = attributes;
    this.signature = signature;
    this.outputs = outputs.map((info, index) => new Value(info, null, this, index));
  }
}

/** A tensor of numbers: known, or to be computed by its node. */
export class Value implements OutputInfo {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** The numbers; `null` until the node has run. */
  storage: Storage | null;
  /** What computes it; `null` once it is known. */
  node: RecordedNode | null;
  /** Which of the node's outputs it is. */
  readonly index: number;
  /** Scratch of a traversal, for known values. */
  mark = 0;
  position = 0;

  constructor(
    { shape, dtype }: OutputInfo,
    storage: Storage | null,
    node: RecordedNode | null = null,
    index = 0,
  ) {
    this.shape = shape;
    this.dtype = dtype;
    this.storage = storage;
    this.node = node;
    this.index = index;
  }
}
