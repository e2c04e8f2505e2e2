import { blockedDomain } from '../graph/graph-builder.js';
import type { LoweringContext } from '../lowering/lowering-context.js';

// Filters as the blocked convolution wants them, made from tfjs's HWIO. `ReorderInput` serves as a fast transposition: it
// moves blocks of numbers, with all threads, where `Transpose` moves single ones.

/** Lengths of an HWIO filter. */
export type FilterShape = readonly number[];

function numbersOf([height = 1, width = 1, inChannels = 1, outChannels = 1]: FilterShape): {
  readonly height: number;
  readonly width: number;
  readonly taps: number;
  readonly inChannels: number;
  readonly outChannels: number;
} {
  return { height, width, taps: height * width, inChannels, outChannels };
}

/** A filter for the forward pass: `[out / block, in / block, height, width, block (in), block (out)]`. */
export function blockedFilter(
  context: LoweringContext,
  filter: string,
  shape: FilterShape,
): string {
  const { height, width, taps, inChannels, outChannels } = numbersOf(shape);
  const block = context.target.blockSize;
  const groups = inChannels / block;
  let moved = context.reshape(filter, [taps, groups, block * outChannels]);
  if (taps > 1 && groups > 1) moved = context.transpose(moved, [1, 0, 2]);
  moved = context.reshape(moved, [1, taps, inChannels, outChannels]);
  const reordered = context.graph.emit(
    'ReorderInput',
    [moved],
    { channels_last: 1 },
    blockedDomain,
  );
  return context.reshape(reordered, [outChannels, inChannels, height, width]);
}

/**
 * A filter for a map whose few input channels lie in `nchw`: `[out / block, in, height, width, block (out)]`.
 */
export function narrowFilter(context: LoweringContext, filter: string, shape: FilterShape): string {
  const { height, width, taps, inChannels, outChannels } = numbersOf(shape);
  const block = context.target.blockSize;
  const split = context.reshape(filter, [taps, inChannels, outChannels / block, block]);
  const moved = context.transpose(split, [2, 1, 0, 3]);
  return context.reshape(moved, [outChannels, inChannels, height, width]);
}

/** Blocks of a filter with input and output channels exchanged: `[taps, in / block, out / block, block (out), block (in)]`. */
export function exchangedBlocks(
  context: LoweringContext,
  filter: string,
  shape: FilterShape,
): string {
  const { taps, inChannels, outChannels } = numbersOf(shape);
  const block = context.target.blockSize;
  const maps = context.reshape(filter, [taps, inChannels, outChannels, 1]);
  const reordered = context.graph.emit('ReorderInput', [maps], { channels_last: 0 }, blockedDomain);
  return context.reshape(reordered, [taps, inChannels / block, outChannels / block, block * block]);
}

/** A choice of taps of {@link exchangedBlocks} as a filter that maps output channels to input channels. */
export function exchangedFilter(
  context: LoweringContext,
  blocks: string,
  shape: FilterShape,
  taps: readonly number[],
  [height, width]: readonly [number, number],
): string {
  const { taps: all, inChannels, outChannels } = numbersOf(shape);
  const inOrder = taps.length === all && taps.every((tap, i) => tap === i);
  const chosen = inOrder
    ? blocks
    : context.graph.emit('Gather', [blocks, context.graph.integers(taps)], { axis: 0 });
  const moved = taps.length === 1 ? chosen : context.transpose(chosen, [1, 2, 0, 3]);
  return context.reshape(moved, [inChannels, outChannels, height, width]);
}

/** All taps in reverse order: a filter turned by half a circle. */
export function reversedTaps(taps: number): number[] {
  return Array.from({ length: taps }, (_, i) => taps - 1 - i);
}

/**
 * The turned filter with channels exchanged, for a `dy` whose few channels lie in `nchw`:
 * `[in / block, out, height, width, block (in)]`.
 */
export function narrowExchangedFilter(
  context: LoweringContext,
  filter: string,
  shape: FilterShape,
): string {
  const { height, width, taps, inChannels, outChannels } = numbersOf(shape);
  const block = context.target.blockSize;
  const flipped = flipTaps(context, filter, taps, inChannels, outChannels);
  const split = context.reshape(flipped, [taps, inChannels / block, block, outChannels]);
  const moved = context.transpose(split, [1, 3, 0, 2]);
  return context.reshape(moved, [inChannels, outChannels, height, width]);
}

/** `[taps, in, out]` with the taps in reverse order. */
export function flipTaps(
  context: LoweringContext,
  filter: string,
  taps: number,
  inChannels: number,
  outChannels: number,
): string {
  const flat = context.reshape(filter, [taps, inChannels, outChannels]);
  if (taps === 1) return flat;
  return context.graph.emit('Gather', [flat, context.graph.integers(reversedTaps(taps))], {
    axis: 0,
  });
}
