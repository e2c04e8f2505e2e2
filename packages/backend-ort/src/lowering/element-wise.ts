import type { Dtype } from '../graph/dtype.js';
import { broadcastShape, padRank, sameShape } from '../graph/shape.js';
import type { KernelAttributes } from '../recording/value.js';
import { channelsFirst, isFull, lowered, type Layout, type Lowered } from './lowered.js';
import { isSingle, type Lowering, type LoweringContext } from './lowering-context.js';

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
  const [, , , channels = 0] = shape;
  const canBlock =
    dtype !== 'int32' &&
    context.blocks(channels) &&
    inputs.some((input) => input.layout === 'blocked' && isMapOf(input, shape)) &&
    inputs.every((input) => canMeetBlocks(input, shape));
  if (canBlock) return 'blocked';
  const channelled = inputs.some(
    (input) => input.layout !== 'plain' && input.shape.length === 4 && !isSingle(input),
  );
  return channelled ? 'nchw' : 'plain';
}

/** Whether a value has a number in memory for each place of `shape`. */
function isMapOf(input: Lowered, shape: readonly number[]): boolean {
  return isFull(input) && sameShape(input.shape, shape);
}

/** Whether a value can be an operand beside maps in blocks without the maps being reordered. */
function canMeetBlocks(input: Lowered, shape: readonly number[]): boolean {
  if (isSingle(input)) return true;
  if (input.dtype === 'int32') return false;
  // Only real numbers are reordered without a detour.
  if (isMapOf(input, shape)) return input.dtype === 'float32' || input.layout === 'blocked';
  const [, h = 1, w = 1, c = 1] = padRank(input.extent, 4);
  const allPixels = h === shape[1] && w === shape[2];
  const onePixel = h === 1 && w === 1;
  const allChannels = c === shape[3];
  return onePixel ? allChannels || c === 1 : allPixels && c === 1;
}

function lowerBlocked(
  context: LoweringContext,
  inputs: readonly Lowered[],
  result: Result,
  emit: EmitElements,
): Lowered {
  const { blockSize } = context.target;
  const [n = 1, h = 1, w = 1, c = 1] = result.shape;
  const isMap = (input: Lowered): boolean => isMapOf(input, result.shape);
  const broadcasts = inputs.some((input) => !isMap(input) && !isSingle(input));
  // Blocked maps meet others in the order in which their numbers lie.
  const physical = [n, c / blockSize, h, w, blockSize];
  const operands = inputs.map((input) => {
    if (isSingle(input)) return operand(context, input, 0, 'plain');
    if (!isMap(input)) return besideBlocks(context, input, w);
    const map = context.tensor(input, 'blocked');
    return broadcasts ? context.reshape(map, physical) : map;
  });
  const tensor = emit(...operands);
  return lowered(broadcasts ? context.reshape(tensor, [n, c, h, w]) : tensor, result, 'blocked');
}

/**
 * Numbers per pixel or per channel, to be broadcast over maps in blocks; their order is the same in all layouts. A row of
 * them is written out, because ONNX Runtime broadcasts short runs, such as single blocks, slowly.
 */
function besideBlocks(context: LoweringContext, value: Lowered, width: number): string {
  const { blockSize } = context.target;
  const [n = 1, h = 1, w = 1, c = 1] = padRank(value.extent, 4);
  const tensor = context.compact(value, value.layout === 'nchw' ? 'nchw' : 'plain');
  const [blocks, rest] = c === 1 ? [1, 1] : [c / blockSize, blockSize];
  const row = context.graph.integers([n, blocks, h, width, blockSize]);
  return context.graph.emit('Expand', [context.reshape(tensor, [n, blocks, h, w, rest]), row]);
}

/** Lowers a kernel that is written out element by element. */
export function elementWise(
  emit: (
    context: LoweringContext,
    operands: readonly string[],
    node: { readonly inputs: readonly Lowered[]; readonly attributes: KernelAttributes },
  ) => string,
): Lowering {
  return ({ outputs: [output], attributes = {} }, inputs, context) =>
    output === undefined
      ? []
      : lowerElements(context, inputs, output, (...operands) =>
          emit(context, operands, { inputs, attributes }),
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
