import { blockedDomain } from '../graph/graph-builder.js';
import type { LoweringContext } from '../lowering/lowering-context.js';
import type { ConvolutionEnd } from './convolution-end.js';
import type { Geometry } from './convolution-geometry.js';
import { weavePhases } from './weave-phases.js';

// Winograd's minimal filtering F(2x2, 3x3): four outputs of a 3x3 convolution by 16 products per channel pair instead of
// 36. See Lavin and Gray 2015, https://arxiv.org/abs/1509.09308

/**
 * How each of the four rows of a tile's transform reads the tile: `b[0] * x[from] + b[1] * x[from + step]`, the rows of
 * Winograd's matrix B transposed.
 */
const inputRows = [
  { from: 0, step: 2, factors: [1, -1] },
  { from: 1, step: 1, factors: [1, 1] },
  { from: 1, step: 1, factors: [-1, 1] },
  { from: 1, step: 2, factors: [1, -1] },
] as const;

/** Winograd's matrix G: from the three taps of a filter to the four of its transform. */
const filterRows = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
] as const;

/** The Kronecker product of G with itself, from 9 taps to 16, the last row of either negated so that sums can be accumulated. */
function filterTransform(): number[] {
  return filterRows.flatMap((row, i) =>
    filterRows.flatMap((column, j) => {
      const sign = (i === 3 ? -1 : 1) * (j === 3 ? -1 : 1);
      return row.flatMap((a) => column.map((b) => a * b * sign));
    }),
  );
}

/** Fewest channels from which the saved products outweigh the transforms. */
const fewestChannels = 128;

/**
 * Fewest pixels, times channels, from which they also outweigh reading filters of 16 taps instead of 9, and 48 small
 * operators in place of one.
 */
const smallestMap = 2 ** 19;

/** Whether a convolution is one that Winograd's algorithm computes here, and faster. */
export function suitsWinograd(
  context: LoweringContext,
  [height, width, inChannels = 1, outChannels = 1]: readonly number[],
  { pads, strides, dilations }: Geometry,
  [batch = 1, rows = 1, columns = 1]: readonly number[],
): boolean {
  const channels = Math.min(inChannels, outChannels);
  return (
    height === 3 &&
    width === 3 &&
    context.blocks(inChannels, outChannels) &&
    channels >= fewestChannels &&
    batch * rows * columns * channels >= smallestMap &&
    rows % 2 === 0 &&
    columns % 2 === 0 &&
    [...pads, ...strides, ...dilations].every((number) => number === 1)
  );
}

/**
 * A 3x3 convolution with stride 1 and one row of padding, in blocks. The filter's transform is as large as 16 of its 9 taps,
 * so it should be a constant of the graph.
 * @param map - In blocks; `[batch, rows, columns, channels]` is its shape.
 * @param filter - HWIO.
 */
export function winogradConvolution(
  context: LoweringContext,
  map: string,
  [n = 1, height = 1, width = 1, inChannels = 1]: readonly number[],
  filter: string,
  filterShape: readonly number[],
  { bias, relu = false }: ConvolutionEnd = {},
): string {
  const { graph } = context;
  const [, , , outChannels = 1] = filterShape;
  const filters = transformFilter(context, filter, inChannels, outChannels);
  const tiles = (i: number, j: number): string => transformInput(context, map, inChannels, i, j);
  const product = (i: number, j: number, end: { bias?: string; sum?: string } = {}): string =>
    multiply(context, tiles(i, j), filters[i * 4 + j] ?? '', end);
  const add = (a: string, b: string): string => graph.emit('Add', [a, b]);
  const sub = (a: string, b: string): string => graph.emit('Sub', [a, b]);
  // Over rows: first = m0 + m1 + m2 and second = m1 - m2 - m3, the rows of A transposed. Products are added as they are made.
  const byColumn = [0, 1, 2, 3].map((j) => {
    const one = product(1, j, j === 1 && bias !== undefined ? { bias } : {});
    const two = product(2, j);
    return [product(0, j, { sum: add(one, two) }), product(3, j, { sum: sub(one, two) })] as const;
  });
  // The same over columns; the last one is negated already.
  const phases = ([0, 1] as const).flatMap((row) => {
    const [zero, one, two, three] = byColumn.map((column) => column[row]);
    const pair = [one ?? '', two ?? ''] as const;
    return [add(add(...pair), zero ?? ''), add(sub(...pair), three ?? '')];
  });
  const ended = relu ? phases.map((phase) => graph.emit('Relu', [phase])) : phases;
  return weavePhases(context, ended, 2, [n, height, width, outChannels]);
}

/** 16 filters of 1x1, the transformed taps, in blocks. */
function transformFilter(
  context: LoweringContext,
  filter: string,
  inChannels: number,
  outChannels: number,
): readonly string[] {
  const { graph } = context;
  const matrix = graph.constant(filterTransform(), [16, 9]);
  const taps = context.reshape(filter, [9, inChannels * outChannels]);
  const transformed = graph.emit('MatMul', [matrix, taps]);
  const maps = context.reshape(transformed, [16, inChannels, 1, outChannels]);
  const blocks = graph.emit('ReorderInput', [maps], { channels_last: 1 }, blockedDomain);
  const byTap = context.reshape(blocks, [16, inChannels * outChannels]);
  const parts = graph.emitMany('Split', [byTap], { axis: 0, num_outputs: 16 }, { outputs: 16 });
  return parts.map((part) => context.reshape(part, [outChannels, inChannels, 1, 1]));
}

/** One of the 16 numbers of every tile's transform: sums and differences of pixels, two apart. */
function transformInput(
  context: LoweringContext,
  map: string,
  channels: number,
  i: number,
  j: number,
): string {
  const { graph } = context;
  const block = context.target.blockSize;
  const [row, column] = [inputRows[i], inputRows[j]];
  if (row === undefined || column === undefined) throw new RangeError('winograd: no such tile row');
  const weights = row.factors.flatMap((a) => column.factors.map((b) => a * b));
  const filter = graph.emit('Expand', [
    graph.constant(weights, [1, 4, 1]),
    graph.integers([channels / block, 4, block]),
  ]);
  // The map has one row of padding; a row that starts later needs none before, one that reaches further one after.
  const before = (from: number): number => 1 - from;
  const after = (from: number, step: number): number => (from + step > 2 ? 1 : 0);
  return graph.emit(
    'Conv',
    [map, context.reshape(filter, [channels, 1, 2, 2])],
    {
      kernel_shape: [2, 2],
      group: channels,
      strides: [2, 2],
      dilations: [row.step, column.step],
      pads: [
        before(row.from),
        before(column.from),
        after(row.from, row.step),
        after(column.from, column.step),
      ],
    },
    blockedDomain,
  );
}

/** Products of all channel pairs, summed over input channels, plus what is given. */
function multiply(
  context: LoweringContext,
  tiles: string,
  filter: string,
  { bias, sum }: { readonly bias?: string; readonly sum?: string },
): string {
  const inputs = [tiles, filter];
  if (bias !== undefined || sum !== undefined) inputs.push(bias ?? '');
  if (sum !== undefined) inputs.push(sum);
  return context.graph.emit('Conv', inputs, { kernel_shape: [1, 1] }, blockedDomain);
}
