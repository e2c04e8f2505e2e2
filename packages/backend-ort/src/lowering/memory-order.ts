import { channelsFirst, isFull, lowered, type Layout, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';

/** A value as its numbers lie in memory, for operators that move numbers along axes. */
export interface MemoryOrder {
  readonly layout: Layout;
  /** A tensor of `lengths`. */
  readonly tensor: string;
  /** Lengths of the tensor's axes; the numbers within a block are an axis of their own, the last one. */
  readonly lengths: readonly number[];
  /** By axis of the value: its axis of the tensor. */
  readonly axes: readonly number[];
  /** How many channels a step along the tensor's axis of channels is. */
  readonly channelStep: number;
}

/** Lengths of the tensor that holds a value of `shape` in a layout. */
function lengthsIn(shape: readonly number[], layout: Layout, blockSize: number): readonly number[] {
  if (layout === 'plain') return shape;
  const [n = 1, c = 1, h = 1, w = 1] = channelsFirst(shape);
  return layout === 'nchw' ? [n, c, h, w] : [n, c / blockSize, h, w, blockSize];
}

/** A value in the order in which it lies; in blocks only if `wholeBlocks`: the operator moves no channel alone. */
export function memoryOrder(
  context: LoweringContext,
  x: Lowered,
  wholeBlocks: boolean,
): MemoryOrder {
  const canBlock = wholeBlocks && x.layout === 'blocked' && isFull(x);
  if (canBlock) return inLayout(context, x, 'blocked');
  return inLayout(context, x, x.shape.length === 4 && x.layout !== 'plain' ? 'nchw' : 'plain');
}

/** A value in the order of a layout. */
export function inLayout(context: LoweringContext, x: Lowered, layout: Layout): MemoryOrder {
  const { blockSize } = context.target;
  const tensor = context.tensor(x, layout);
  const lengths = lengthsIn(x.shape, layout, blockSize);
  const blocked = layout === 'blocked';
  return {
    layout,
    tensor: blocked ? context.reshape(tensor, lengths) : tensor,
    lengths,
    axes: layout === 'plain' ? x.shape.map((_, axis) => axis) : [0, 2, 3, 1],
    channelStep: blocked ? blockSize : 1,
  };
}

/** One number per axis of a value, by axis of the tensor; `rest` stands for the axis within blocks. */
export function byMemoryAxis(
  { axes, lengths }: MemoryOrder,
  values: readonly number[],
  rest: number,
): number[] {
  const ordered = lengths.map(() => rest);
  axes.forEach((place, axis) => {
    ordered[place] = values[axis] ?? rest;
  });
  return ordered;
}

/** What an operator made of a value in an order, as the result of a lowering. */
export function fromMemoryOrder(
  context: LoweringContext,
  { layout }: MemoryOrder,
  tensor: string,
  output: Pick<Lowered, 'shape' | 'dtype'>,
): Lowered {
  // ONNX Runtime's own operators know blocks by the lengths of channels first.
  const named =
    layout === 'blocked' ? context.reshape(tensor, channelsFirst(output.shape)) : tensor;
  return lowered(named, output, layout);
}
