import { sameShape } from '../graph/shape.js';
import type { OutputInfo } from '../recording/value.js';
import { channelsFirst, isFull, lowered, type Layout, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';

/** Writes a reduction of a tensor along some of its axes. */
export type EmitReduction = (tensor: string, axes: readonly number[], keepDims: boolean) => string;

/** A value's numbers in memory, repeated ones once. */
interface Memory {
  readonly layout: Layout;
  readonly tensor: string;
  readonly lengths: readonly number[];
  /** By axis of the tensor: the value's axis; the axis within blocks is one of channels too. */
  readonly axes: readonly number[];
}

function memoryIn(context: LoweringContext, x: Lowered, layout: Layout): Memory {
  const tensor = context.compact(x, layout);
  if (layout === 'plain') {
    return { layout, tensor, lengths: x.extent, axes: x.extent.map((_, axis) => axis) };
  }
  const [n = 1, c = 1, h = 1, w = 1] = channelsFirst(x.extent);
  if (layout === 'nchw') return { layout, tensor, lengths: [n, c, h, w], axes: [0, 3, 1, 2] };
  const { blockSize } = context.target;
  const lengths = [n, c / blockSize, h, w, blockSize];
  return { layout, tensor: context.reshape(tensor, lengths), lengths, axes: [0, 3, 1, 2, 3] };
}

/** Whether ONNX Runtime reduces in long strides: at most three runs of axes that all stay or all go. */
function isFast({ lengths, axes }: Memory, reduced: readonly number[]): boolean {
  const goes = axes.map((axis) => reduced.includes(axis)).filter((_, i) => lengths[i] !== 1);
  return goes.filter((go, i) => go !== goes[i - 1]).length <= 3;
}

/** The order in which to reduce: as the value lies, unless its blocks make that slow. */
function fastestMemory(
  context: LoweringContext,
  x: Lowered,
  axes: readonly number[],
  inOne: boolean,
): Memory {
  const splits = inOne && axes.includes(3);
  if (x.layout === 'blocked' && isFull(x) && !splits) {
    const memory = memoryIn(context, x, 'blocked');
    if (isFast(memory, axes)) return memory;
  }
  return memoryIn(context, x, x.shape.length === 4 && x.layout !== 'plain' ? 'nchw' : 'plain');
}

function isRising(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0));
}

/**
 * Reduces axes of a value, that is no constant, in the order in which it lies. Axes along which its numbers are repeated
 * are reduced as if they had length 1.
 * @param output - The result's shape, with the axes or without, and dtype.
 * @param inOne - Whether every axis must be one axis of the tensor, as for an operator that numbers its places.
 */
export function reduceAxes(
  context: LoweringContext,
  x: Lowered,
  axes: readonly number[],
  output: OutputInfo,
  emit: EmitReduction,
  inOne = false,
): Lowered {
  const keeps = output.shape.length === x.shape.length;
  const extent = x.extent.flatMap((length, axis) =>
    axes.includes(axis) ? (keeps ? [1] : []) : [length],
  );
  const reduce = (memory: Memory): Lowered | undefined => {
    const isReduced = (axis: number): boolean => axes.includes(axis);
    const places = memory.axes.flatMap((axis, place) => (isReduced(axis) ? [place] : []));
    const left = memory.axes.filter((axis) => !isReduced(axis));
    if (isRising(left)) {
      const tensor = emit(memory.tensor, places, false);
      const lengths = memory.lengths.filter((_, place) => !places.includes(place));
      const shaped = sameShape(lengths, extent) ? tensor : context.reshape(tensor, extent);
      return lowered(shaped, output, 'plain', extent);
    }
    if (!keeps) return undefined;
    const tensor = emit(memory.tensor, places, true);
    const named =
      memory.layout === 'blocked' ? context.reshape(tensor, channelsFirst(extent)) : tensor;
    return lowered(named, output, memory.layout, extent);
  };
  // What comes out in another order than that of its shape is reduced from there.
  const result =
    reduce(fastestMemory(context, x, axes, inOne)) ?? reduce(memoryIn(context, x, 'plain'));
  if (result === undefined) throw new Error('backend ort: a reduction came out of order.');
  return result;
}
