import { blockedDomain } from '../graph/graph-builder.js';
import { lowered, type Lowered } from '../lowering/lowered.js';
import type { LoweringContext } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';
import { emitBlocked, missingChannels, type ConvolutionEnd } from './convolution-end.js';
import type { Geometry } from './convolution-geometry.js';
import { exchangedBlocks, exchangedFilter } from './filter-layout.js';
import { padTensor } from './sliding-product.js';
import { weavePhases } from './weave-phases.js';

const singlePixels: Geometry = {
  kernel: [1, 1],
  pads: [0, 0, 0, 0],
  strides: [1, 1],
  dilations: [1, 1],
};

/** What one phase of the rows (or columns) needs: every `stride`-th row of the result sees the same taps. */
interface Phase {
  /** First tap; the others follow at steps of the stride. */
  readonly first: number;
  readonly taps: number;
  /** Row of `dy` that meets the first tap at the phase's first row. */
  readonly offset: number;
}

/** Phases in the order of the result's rows. */
function phasesOf(kernel: number, stride: number, pad: number): Phase[] {
  const phases: Phase[] = [];
  for (let first = 0; first < stride; first += 1) {
    const offset = Math.ceil((pad - first) / stride);
    phases[stride * offset + first - pad] = {
      first,
      taps: Math.ceil((kernel - first) / stride),
      offset,
    };
  }
  return phases;
}

/** Whether {@link spreadByPhases} applies: blocks, equal strides, no dilation, a size that the stride divides. */
export function canSpreadByPhases(
  context: LoweringContext,
  [height = 1, width = 1, inChannels = 1, outChannels = 1]: readonly number[],
  { strides: [stride, other], dilations }: Geometry,
  { shape: [, rows = 1, columns = 1] }: OutputInfo,
): boolean {
  const single = height === 1 && width === 1;
  return (
    context.blocks(inChannels, outChannels) &&
    stride === other &&
    dilations.every((dilation) => dilation === 1) &&
    rows % stride === 0 &&
    columns % stride === 0 &&
    (single || Math.min(height, width) >= stride)
  );
}

/**
 * A strided convolution's input gradient, which is a transposed convolution, as `stride^2` small convolutions, one for
 * every phase of rows and columns, whose results are woven together. Nothing is multiplied by inserted zeros, and the
 * weaving moves whole blocks.
 */
export function spreadByPhases(
  context: LoweringContext,
  dy: Lowered,
  filter: string,
  filterShape: readonly number[],
  geometry: Geometry,
  output: OutputInfo,
  end: ConvolutionEnd,
): Lowered {
  const { kernel, strides, pads } = geometry;
  const [stride] = strides;
  const blocks = exchangedBlocks(context, filter, filterShape);
  const gradient = context.tensor(dy, 'blocked');
  if (kernel[0] === 1 && kernel[1] === 1) {
    return spreadPixels(context, gradient, blocks, filterShape, stride, dy, output, end);
  }
  const whole = kernel.every((taps) => taps === stride) && pads.every((pad) => pad === 0);
  if (whole) return spreadPatches(context, gradient, blocks, filterShape, stride, dy, output, end);
  const [, rows = 1, columns = 1] = output.shape;
  const [, dyRows = 1, dyColumns = 1] = dy.shape;
  const parts: string[] = [];
  for (const row of phasesOf(kernel[0], stride, pads[0])) {
    for (const column of phasesOf(kernel[1], stride, pads[1])) {
      const turned = exchangedFilter(
        context,
        blocks,
        filterShape,
        phaseTaps(row, column, stride, kernel[1]),
        [row.taps, column.taps],
      );
      const before = [row.taps - 1 - row.offset, column.taps - 1 - column.offset] as const;
      const after = [
        row.offset + rows / stride - dyRows,
        column.offset + columns / stride - dyColumns,
      ] as const;
      parts.push(
        convolvePhase(
          context,
          gradient,
          dy.shape,
          turned,
          [row.taps, column.taps],
          before,
          after,
          end,
        ),
      );
    }
  }
  return lowered(weavePhases(context, parts, stride, output.shape), output, 'blocked');
}

function phaseTaps(row: Phase, column: Phase, stride: number, width: number): number[] {
  const taps: number[] = [];
  for (let i = row.taps - 1; i >= 0; i -= 1) {
    for (let j = column.taps - 1; j >= 0; j -= 1) {
      taps.push((row.first + stride * i) * width + column.first + stride * j);
    }
  }
  return taps;
}

/** A phase's convolution. Pads may be negative: then rows or columns of `dy` do not count. */
function convolvePhase(
  context: LoweringContext,
  gradient: string,
  shape: readonly number[],
  filter: string,
  kernel: readonly [number, number],
  before: readonly [number, number],
  after: readonly [number, number],
  end: ConvolutionEnd,
): string {
  const cut = (pad: number): number => Math.min(0, pad);
  const keep = (pad: number): number => Math.max(0, pad);
  const cropped = cropBlocked(
    context,
    gradient,
    shape,
    [cut(before[0]), cut(before[1])],
    [cut(after[0]), cut(after[1])],
  );
  const geometry: Geometry = {
    kernel,
    pads: [keep(before[0]), keep(before[1]), keep(after[0]), keep(after[1])],
    strides: [1, 1],
    dilations: [1, 1],
  };
  return emitBlocked(context, cropped, filter, geometry, end);
}

/** Leaves out rows and columns of a blocked map. */
function cropBlocked(
  context: LoweringContext,
  tensor: string,
  [n = 1, rows = 1, columns = 1, channels = 1]: readonly number[],
  before: readonly [number, number],
  after: readonly [number, number],
): string {
  if ([...before, ...after].every((pad) => pad === 0)) return tensor;
  const block = context.target.blockSize;
  const images = context.reshape(tensor, [(n * channels) / block, rows, columns * block]);
  const kept = padTensor(
    context,
    images,
    [0, before[0], before[1] * block],
    [0, after[0], after[1] * block],
  );
  return context.reshape(kept, [
    n,
    channels,
    rows + before[0] + after[0],
    columns + before[1] + after[1],
  ]);
}

/** A 1x1 filter: every pixel goes to one place, zeros lie between. */
function spreadPixels(
  context: LoweringContext,
  gradient: string,
  blocks: string,
  filterShape: readonly number[],
  stride: number,
  dy: Lowered,
  output: OutputInfo,
  end: ConvolutionEnd,
): Lowered {
  const block = context.target.blockSize;
  const [n = 1, , , channels = 1] = output.shape;
  const [, dyRows = 1, dyColumns = 1] = dy.shape;
  const filter = exchangedFilter(context, blocks, filterShape, [0], [1, 1]);
  const pixels = emitBlocked(context, gradient, filter, singlePixels, end);
  const spread = padTensor(
    context,
    context.reshape(pixels, [(n * channels) / block, dyRows, 1, dyColumns, block]),
    [0, 0, 0, 0, 0],
    [0, 0, stride - 1, 0, (stride - 1) * block],
  );
  const map = context.reshape(spread, [n, channels, dyRows * stride, dyColumns * stride]);
  return lowered(map, output, 'blocked');
}

/** A filter as large as the stride: patches side by side, all of them from one 1x1 convolution. */
function spreadPatches(
  context: LoweringContext,
  gradient: string,
  blocks: string,
  [, , inChannels = 1, outChannels = 1]: readonly number[],
  stride: number,
  dy: Lowered,
  output: OutputInfo,
  end: ConvolutionEnd,
): Lowered {
  const [n = 1, rows = 1, columns = 1, channels = 1] = output.shape;
  const filter = context.reshape(blocks, [stride * stride * inChannels, outChannels, 1, 1]);
  const bias = end.bias && repeated(context, end.bias, stride * stride);
  const patches = emitBlocked(context, gradient, filter, singlePixels, { ...end, bias });
  const woven = weavePatches(context, patches, stride, dy.shape, channels);
  return lowered(context.reshape(woven, [n, channels, rows, columns]), output, 'blocked');
}

/** A vector several times over. */
function repeated(context: LoweringContext, vector: string, times: number): string {
  return context.graph.emit('Tile', [vector, context.graph.integers([times])]);
}

/** Puts the channels of `[batch, stride^2 * channels, rows, columns]`, in blocks, side by side as patches. */
function weavePatches(
  context: LoweringContext,
  patches: string,
  stride: number,
  [n = 1, rows = 1, columns = 1]: readonly number[],
  channels: number,
): string {
  const block = context.target.blockSize;
  const split = context.reshape(patches, [
    n,
    stride,
    stride,
    channels / block,
    rows,
    columns,
    block,
  ]);
  return context.transpose(split, [0, 3, 4, 1, 5, 2, 6]);
}

/** As {@link spreadByPhases} for a filter as large as the stride, to channels that do not fill blocks, as class scores. */
export function spreadToFewChannels(
  context: LoweringContext,
  dy: Lowered,
  filter: string,
  [height = 1, width = 1, inChannels = 1, outChannels = 1]: readonly number[],
  output: OutputInfo,
  end: ConvolutionEnd,
): Lowered {
  const missing = missingChannels(context, inChannels);
  const whole = inChannels + missing;
  const padded = padTensor(context, filter, [0, 0, 0, 0], [0, 0, missing, 0]);
  const shape = [height, width, whole, outChannels];
  const blocks = exchangedBlocks(context, padded, shape);
  const bias = end.bias && padTensor(context, end.bias, [0], [missing]);
  const [n = 1, rows = 1, columns = 1] = output.shape;
  const wide = { shape: [n, rows, columns, whole], dtype: output.dtype };
  const gradient = context.tensor(dy, 'blocked');
  const map = spreadPatches(context, gradient, blocks, shape, height, dy, wide, { ...end, bias });
  const order = { channels: inChannels, channels_last: 1 };
  const tensors = [context.tensor(map, 'blocked')];
  return lowered(context.graph.emit('ReorderOutput', tensors, order, blockedDomain), output);
}

/** Whether {@link spreadToFewChannels} applies. */
export function canSpreadToFewChannels(
  context: LoweringContext,
  [height = 1, width = 1, inChannels = 1, outChannels = 1]: readonly number[],
  { strides, dilations, pads }: Geometry,
  { shape: [, rows = 1, columns = 1] }: OutputInfo,
): boolean {
  return (
    context.blocks(outChannels) &&
    missingChannels(context, inChannels) > 0 &&
    [height, width, strides[1]].every((length) => length === strides[0]) &&
    rows % height === 0 &&
    columns % width === 0 &&
    [...pads, ...dilations.map((dilation) => dilation - 1)].every((number) => number === 0)
  );
}
