import { onnxType, type Dtype } from '../graph/dtype.js';
import { blockedDomain, type GraphBuilder } from '../graph/graph-builder.js';
import { sizeOf } from '../graph/shape.js';
import type { AttributeMap } from '../graph/onnx-model.js';
import type { RecordedNode } from '../recording/value.js';
import { channelsFirst, isFull, type Layout, type Lowered } from './lowered.js';

/** How graphs are written for the processor at hand. */
export interface Target {
  /** Channels per block of the blocked layout; 0 where it is not to be used. */
  readonly blockSize: number;
  /** Whether `com.microsoft` operators may be used. */
  readonly contribOperators: boolean;
  /** Whether `MaxPool` tells where its maxima lie. */
  readonly poolIndices: boolean;
}

/** What a lowering writes to and asks. */
export class LoweringContext {
  readonly graph: GraphBuilder;
  readonly target: Target;

  constructor(graph: GraphBuilder, target: Target) {
    this.graph = graph;
    this.target = target;
  }

  /** Whether maps of so many channels can lie in blocks. */
  blocks(...channels: readonly number[]): boolean {
    const { blockSize } = this.target;
    return blockSize > 0 && channels.every((count) => count > 0 && count % blockSize === 0);
  }

  /** The value in a layout, every element in memory. */
  tensor(value: Lowered, layout: Layout = 'plain'): string {
    const { graph } = this;
    if (value.constant !== undefined) {
      const scalar = graph.scalar(value.constant, value.dtype);
      if (value.shape.length === 0) return scalar;
      return graph.emit('Expand', [scalar, graph.integers(lengths(value.shape, layout))]);
    }
    if (isFull(value)) return this.compact(value, layout);
    // Expansion happens in plain or channels-first order; a blocked form is made from the latter.
    if (layout === 'blocked') {
      return this.#toBlocked(this.tensor(value, 'nchw'), value.dtype);
    }
    return graph.emit('Expand', [
      this.compact(value, layout),
      graph.integers(lengths(value.shape, layout)),
    ]);
  }

  /** The value in a layout, of its extent in memory: axes of equal numbers may have length 1. Not for constants. */
  compact(value: Lowered, layout: Layout = 'plain'): string {
    const known = value.tensors.get(layout);
    if (known !== undefined) return known;
    const made = this.#convert(value, layout);
    value.tensors.set(layout, made);
    return made;
  }

  /** Converts between dtypes as tfjs does: towards zero to `int32`, `x != 0` to `bool`. */
  cast(tensor: string, from: Dtype, to: Dtype): string {
    return from === to ? tensor : this.graph.emit('Cast', [tensor], { to: onnxType[to] });
  }

  reshape(tensor: string, shape: readonly number[]): string {
    return this.graph.reshape(tensor, shape);
  }

  transpose(tensor: string, permutation: readonly number[]): string {
    return this.graph.transpose(tensor, permutation);
  }

  #convert(value: Lowered, layout: Layout): string {
    const { extent } = value;
    const [n = 1, h = 1, w = 1, c = 1] = extent;
    // Where an axis has length 1, the order of the numbers stays the same.
    const sameOrder = c === 1 || (h === 1 && w === 1);
    switch (layout) {
      case 'blocked': {
        const first = value.tensors.get('nchw');
        return first === undefined
          ? this.#toBlocked(this.compact(value, 'plain'), value.dtype, 1)
          : this.#toBlocked(first, value.dtype);
      }
      case 'nchw': {
        const blocked = value.tensors.get('blocked');
        if (blocked !== undefined) {
          return this.#fromBlocked(blocked, value.dtype, { channels: c, channels_last: 0 });
        }
        const plain = this.compact(value, 'plain');
        return sameOrder ? this.reshape(plain, [n, c, h, w]) : this.transpose(plain, [0, 3, 1, 2]);
      }
      case 'plain': {
        const blocked = value.tensors.get('blocked');
        if (blocked !== undefined && !value.tensors.has('nchw')) {
          return this.#fromBlocked(blocked, value.dtype, { channels: c, channels_last: 1 });
        }
        const first = this.compact(value, 'nchw');
        return sameOrder ? this.reshape(first, [n, h, w, c]) : this.transpose(first, [0, 2, 3, 1]);
      }
    }
  }

  // ONNX Runtime reorders real numbers alone.

  #toBlocked(map: string, dtype: Dtype, channelsLast: 0 | 1 = 0): string {
    const reals = this.cast(map, dtype, 'float32');
    const order = { channels_last: channelsLast };
    const made = this.graph.emit('ReorderInput', [reals], order, blockedDomain);
    return this.cast(made, 'float32', dtype);
  }

  #fromBlocked(blocked: string, dtype: Dtype, order: AttributeMap): string {
    const reals = this.cast(blocked, dtype, 'float32');
    return this.cast(
      this.graph.emit('ReorderOutput', [reals], order, blockedDomain),
      'float32',
      dtype,
    );
  }
}

/** Lengths of a value in the order of a layout. */
function lengths(shape: readonly number[], layout: Layout): readonly number[] {
  return layout === 'plain' ? shape : channelsFirst(shape);
}

/** Writes one kind of kernel into the graph: from its inputs to all its outputs. */
export type Lowering = (
  node: RecordedNode,
  inputs: readonly Lowered[],
  context: LoweringContext,
) => Lowered | readonly Lowered[];

/** Lowerings by the name under which kernels are recorded. */
export type Lowerings = Readonly<Record<string, Lowering>>;

/** Whether an operand is one number along every axis. */
export function isSingle(value: Lowered): boolean {
  return value.constant !== undefined || sizeOf(value.extent) === 1;
}
