import type { Dtype } from '../graph/dtype.js';
import { broadcastShape, padRank, sameShape, sizeOf } from '../graph/shape.js';
import { channelsFirst, isFull, lowered, type Layout, type Lowered } from './lowered.js';
import { isSingle, type LoweringContext } from './lowering-context.js';

/** Shape and type of an element-wise result. */
interface Result {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

/** Writes the operators of one element-wise kernel, given its operands' tensors. */
type EmitElements = (...operands: string[]) => string;

/**
 * Lowers a kernel that works element by element, with broadcasting, in the layout in which its largest operand lies, so
 * that a map is not reordered on its way through; axes along which no operand differs stay of length 1.
 */
export function lowerElements(
  context: LoweringContext,
  inputs: readonly Lowered[],
  result: Result,
  emit: EmitElements,
): Lowered {
  const rank = result.shape.length;
  const layout = layoutOf(context, inputs, result);
  if (layout === 'blocked') return lowerBlocked(context, inputs, result, emit);
  const operands = inputs.map((input) => operand(context, input, rank, layout));
  const extent = padRank(
    inputs.map((input) => (isSingle(input) ? [] : input.extent)).reduce(broadcastShape, []),
    rank,
  );
  const tensor = emit(...operands);
  const inOrder = layout === 'plain' ? extent : channelsFirst(extent);
  // Operands of lower rank leave a result of lower rank.
  const emittedRank = Math.max(...inputs.map((input) => operandRank(input, layout)));
  const shaped = emittedRank === rank ? tensor : context.reshape(tensor, inOrder);
  return lowered(shaped, result, layout, extent);
}

function layoutOf(
  context: LoweringContext,
  inputs: readonly Lowered[],
  { shape, dtype }: Result,
): Layout {
  if (shape.length !== 4) return 'plain';
  const maps = inputs.filter((input) => isFull(input) && sameShape(input.shape, shape));
  const others = inputs.filter((input) => !maps.includes(input));
  const [, , , channels = 0] = shape;
  const canBlock =
    dtype === 'float32' &&
    context.blocks(channels) &&
    inputs.every((input) => input.dtype === 'float32') &&
    maps.some(({ layout }) => layout === 'blocked') &&
    others.every((input) => isSingle(input) || isPerChannel(input, channels));
  if (canBlock) return 'blocked';
  const channelled = inputs.some(
    (input) => input.layout !== 'plain' && input.shape.length === 4 && !isSingle(input),
  );
  return channelled ? 'nchw' : 'plain';
}

/** Whether a value differs along the last axis only, with all its channels in memory. */
export function isPerChannel({ extent, constant }: Lowered, channels: number): boolean {
  return constant === undefined && extent.at(-1) === channels && sizeOf(extent) === channels;
}

/** One number per channel as a vector. */
export function channelVector(context: LoweringContext, value: Lowered): string {
  const tensor = context.compact(value, value.layout === 'nchw' ? 'nchw' : 'plain');
  return value.extent.length === 1 ? tensor : context.reshape(tensor, [sizeOf(value.extent)]);
}

function lowerBlocked(
  context: LoweringContext,
  inputs: readonly Lowered[],
  result: Result,
  emit: EmitElements,
): Lowered {
  const { blockSize } = context.target;
  const [n = 1, h = 1, w = 1, c = 1] = result.shape;
  const perChannel = inputs.some((input) => !isFull(input) && !isSingle(input));
  // Blocked maps meet vectors in the order in which their numbers lie.
  const physical = [n, c / blockSize, h * w, blockSize];
  const operands = inputs.map((input) => {
    if (isSingle(input)) return operand(context, input, 0, 'plain');
    if (!(isFull(input) && sameShape(input.shape, result.shape))) {
      return context.reshape(channelVector(context, input), [c / blockSize, 1, blockSize]);
    }
    const map = context.tensor(input, 'blocked');
    return perChannel ? context.reshape(map, physical) : map;
  });
  const tensor = emit(...operands);
  return lowered(
    perChannel ? context.reshape(tensor, [n, c, h, w]) : tensor,
    result,
    'blocked',
  );
}

/** Rank in which an operand is handed to an operator. */
function operandRank(input: Lowered, layout: Layout): number {
  if (isSingle(input)) return 0;
  if (layout === 'plain') return input.extent.length;
  return 4;
}

/** An operand, unexpanded, for a result of `rank` in `layout`. */
function operand(context: LoweringContext, input: Lowered, rank: number, layout: Layout): string {
  if (input.constant !== undefined) return context.graph.scalar(input.constant, input.dtype);
  if (isSingle(input)) {
    const tensor = context.compact(input, input.layout);
    return input.extent.length === 0 ? tensor : context.reshape(tensor, []);
  }
  if (layout === 'plain') return context.compact(input, 'plain');
  if (input.extent.length === rank) return context.compact(input, layout);
  const [, h = 1, w = 1, c = 1] = padRank(input.extent, rank);
  const plain = context.compact(input, 'plain');
  const ordered =
    c === 1 || (h === 1 && w === 1)
      ? plain
      : context.transpose(context.reshape(plain, [h, w, c]), [2, 0, 1]);
  return context.reshape(ordered, [1, c, h, w]);
}
