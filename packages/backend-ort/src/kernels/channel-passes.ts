import { blockedDomain } from '../graph/graph-builder.js';
import { lowered, type Layout, type Lowered } from '../lowering/lowered.js';
import type { LoweringContext } from '../lowering/lowering-context.js';

// Passes over a map with one number per channel, each reading its maps once. For maps in blocks they are convolutions of
// each channel by itself, which ONNX Runtime computes at the speed of memory, where its reductions and broadcasts do not.

/** A map whose channels can be passed over: float32, in the layout it lies in. */
export interface ChannelMap {
  readonly tensor: string;
  /** `[batch, rows, columns, channels]`. */
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/** The map as it lies. */
export function channelMap(context: LoweringContext, value: Lowered): ChannelMap {
  const { shape, layout } = value;
  return { tensor: context.tensor(value, layout), shape, layout };
}

/** Another map, brought into the layout of the first. */
export function alikeMap(
  context: LoweringContext,
  value: Lowered,
  { layout }: ChannelMap,
): ChannelMap {
  return { tensor: context.tensor(value, layout), shape: value.shape, layout };
}

/** A map as the result of a lowering. */
export function loweredMap({ tensor, shape, layout }: ChannelMap): Lowered {
  return lowered(tensor, { shape, dtype: 'float32' }, layout);
}

/** Numbers per channel. */
export function countOf({ shape: [n = 1, h = 1, w = 1] }: ChannelMap): number {
  return n * h * w;
}

/** Most parts into which a channel's pixels are divided, so that threads share them and float32 keeps its digits. */
const mostParts = 64;
/** Pixels that a part should have at least. */
const smallestPart = 64;

/** How the pixels of one channel of one image are divided: parts, and each part as rows and columns. */
function divide(pixels: number): { parts: number; rows: number; columns: number } {
  let parts = Math.max(1, Math.min(mostParts, Math.floor(pixels / smallestPart)));
  while (pixels % parts > 0) parts -= 1;
  const length = pixels / parts;
  const columns = [8, 4, 2].find((count) => length % count === 0) ?? 1;
  return { parts, rows: length / columns, columns };
}

/** Sum over the batch and the parts of `[batch, channels / block, parts, block]`: `[channels]`. */
function gatherParts(
  context: LoweringContext,
  tensor: string,
  [n = 1, , , c = 1]: readonly number[],
  parts: number,
  type: 'ReduceMean' | 'ReduceSum',
): string {
  if (n * parts === 1) return context.reshape(tensor, [c]);
  const { graph } = context;
  const block = context.target.blockSize;
  const apart = context.reshape(tensor, [n, c / block, parts, block]);
  const sum = graph.emit(type, [apart, graph.integers([0, 2])], { keepdims: 0 });
  return context.reshape(sum, [c]);
}

/** Mean per channel: `[channels]`. */
export function channelMean(context: LoweringContext, map: ChannelMap): string {
  const { graph } = context;
  const [n = 1, h = 1, w = 1, c = 1] = map.shape;
  if (map.layout !== 'blocked') return reduceChannels(context, map, 'ReduceMean');
  const { parts, rows, columns } = divide(h * w);
  const images = context.reshape(map.tensor, [1, n * c * parts, rows, columns]);
  const means = graph.emit('GlobalAveragePool', [images], {}, blockedDomain);
  return gatherParts(context, means, map.shape, parts, 'ReduceMean');
}

/** Sum per channel: `[channels]`. */
export function channelSum(context: LoweringContext, map: ChannelMap): string {
  const { graph } = context;
  return graph.emit('Mul', [channelMean(context, map), graph.scalar(countOf(map))]);
}

/** Sum of the products of two maps of one layout, per channel: `[channels]`. */
export function channelDot(context: LoweringContext, a: ChannelMap, b: ChannelMap): string {
  const { graph } = context;
  const [n = 1, h = 1, w = 1, c = 1] = a.shape;
  if (a.layout !== 'blocked') {
    const product = graph.emit('Mul', [a.tensor, b.tensor]);
    return reduceChannels(context, { ...a, tensor: product }, 'ReduceSum');
  }
  const { parts, rows, columns } = divide(h * w);
  // Each part of a channel is an image, and the same part of the other map its filter.
  const images = n * c * parts;
  const dots = graph.emit(
    'Conv',
    [
      context.reshape(a.tensor, [1, images, rows, columns]),
      context.reshape(b.tensor, [images, 1, rows, columns]),
    ],
    { kernel_shape: [rows, columns], group: images },
    blockedDomain,
  );
  return gatherParts(context, dots, a.shape, parts, 'ReduceSum');
}

/** What {@link channelAffine} may add. */
export interface AffineEnd {
  /** A map to be added. */
  readonly sum?: ChannelMap;
  readonly relu?: boolean;
}

/** `map * scale + shift (+ sum)`, with scale and shift per channel, then ReLU if asked for. */
export function channelAffine(
  context: LoweringContext,
  map: ChannelMap,
  scale: string,
  shift: string | undefined,
  { sum, relu = false }: AffineEnd = {},
): ChannelMap {
  const { graph } = context;
  const [, , , channels = 1] = map.shape;
  if (map.layout === 'blocked') {
    const filter = context.reshape(scale, [channels, 1, 1, 1]);
    const inputs = [map.tensor, filter, shift ?? '', ...(sum ? [sum.tensor] : [])];
    if (sum === undefined && shift === undefined) inputs.pop();
    const attributes = {
      kernel_shape: [1, 1],
      group: channels,
      activation: relu ? 'Relu' : undefined,
    };
    return { ...map, tensor: graph.emit('Conv', inputs, attributes, blockedDomain) };
  }
  const vector = (name: string): string =>
    map.layout === 'nchw' ? context.reshape(name, [channels, 1, 1]) : name;
  let tensor = graph.emit('Mul', [map.tensor, vector(scale)]);
  if (shift !== undefined) tensor = graph.emit('Add', [tensor, vector(shift)]);
  if (sum !== undefined) tensor = graph.emit('Add', [tensor, sum.tensor]);
  return { ...map, tensor: relu ? graph.emit('Relu', [tensor]) : tensor };
}

/** A reduction to `[channels]` of a map that does not lie in blocks. */
function reduceChannels(
  context: LoweringContext,
  { tensor, shape: [n = 1, h = 1, w = 1, c = 1], layout }: ChannelMap,
  type: 'ReduceMean' | 'ReduceSum',
): string {
  const { graph } = context;
  const [order, axes] =
    layout === 'plain'
      ? [[n * h * w, c], [0]]
      : [
          [n, c, h * w],
          [0, 2],
        ];
  return graph.emit(type, [context.reshape(tensor, order), graph.integers(axes)], { keepdims: 0 });
}
