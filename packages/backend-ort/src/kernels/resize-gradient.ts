import { blockedDomain } from '../graph/graph-builder.js';
import { isFull, lowered, type Lowered } from '../lowering/lowered.js';
import type { LoweringContext } from '../lowering/lowering-context.js';
import type { OutputInfo } from '../recording/value.js';
import { lowerSymmetricPad } from './padding.js';
import {
  axisTaps,
  nearestSources,
  repeatFactor,
  type ResizeMode,
  type Taps,
} from './resize-axis.js';
import { emitRanges } from './slicing.js';

/** A window that gathers an axis's gradient, moved by as much as the window's factor. */
interface AxisWindow {
  readonly factor: number;
  readonly weights: readonly number[];
  /** Pixels repeated in front and behind, mirrored. */
  readonly pad: number;
}

/**
 * The gradient of a resize by a whole factor as one window, the same at every pixel; `undefined` where it is not. What a
 * bilinear resize with half-pixel centres repeats at the border is what the window finds in the mirrored gradient.
 */
function axisWindow(length: number, resized: number, mode: ResizeMode): AxisWindow | undefined {
  const factor = resized / length;
  if (factor === 1) return { factor, weights: [1], pad: 0 };
  if (mode.method === 'nearest') {
    const sources = nearestSources(axisTaps(length, resized, mode));
    if (repeatFactor(length, sources) === undefined) return undefined;
    return { factor, weights: new Array<number>(factor).fill(1), pad: 0 };
  }
  if (!Number.isInteger(factor) || !mode.halfPixelCenters) return undefined;
  const pad = Math.floor(factor / 2);
  const weights = Array.from(
    { length: factor + 2 * pad },
    (_, i) => 1 - Math.abs((i - pad + 0.5) / factor - 0.5),
  );
  return { factor, weights, pad };
}

/**
 * Gradient of a resize with respect to its input.
 * @param output - Shape and dtype of the resize's input.
 */
export function lowerResizeGradient(
  context: LoweringContext,
  dy: Lowered,
  output: OutputInfo,
  mode: ResizeMode,
): Lowered {
  const [, height = 1, width = 1] = output.shape;
  const [, rows = 1, columns = 1] = dy.shape;
  const vertical = axisWindow(height, rows, mode);
  const horizontal = axisWindow(width, columns, mode);
  if (vertical !== undefined && horizontal !== undefined) {
    return gatherByWindow(context, dy, output, vertical, horizontal);
  }
  const map = context.tensor(dy, 'nchw');
  const lengths = [dy.shape[0] ?? 1, dy.shape[3] ?? 1, rows, columns];
  const narrow = multiplyAxis(context, map, lengths, 3, width, axisTaps(width, columns, mode));
  const shape = [...lengths.slice(0, 3), width];
  const small = multiplyAxis(context, narrow, shape, 2, height, axisTaps(height, rows, mode));
  return lowered(small, output, 'nchw');
}

/** The window as a convolution of every channel by itself. */
function gatherByWindow(
  context: LoweringContext,
  dy: Lowered,
  output: OutputInfo,
  vertical: AxisWindow,
  horizontal: AxisWindow,
): Lowered {
  const { graph, target } = context;
  const channels = output.shape[3] ?? 1;
  const pads = [
    [0, 0],
    [vertical.pad, vertical.pad],
    [horizontal.pad, horizontal.pad],
    [0, 0],
  ] as const;
  const padded = lowerSymmetricPad(context, dy, pads);
  const blocked = padded.layout === 'blocked' && isFull(padded);
  const window = vertical.weights.flatMap((v) => horizontal.weights.map((h) => v * h));
  const taps = [vertical.weights.length, horizontal.weights.length] as const;
  // One window for all channels; in blocks, its numbers stand side by side.
  const filter = blocked
    ? graph.emit('Expand', [
        graph.constant(window, [1, 1, ...taps, 1]),
        graph.integers([channels / target.blockSize, 1, ...taps, target.blockSize]),
      ])
    : graph.emit('Expand', [
        graph.constant(window, [1, 1, ...taps]),
        graph.integers([channels, 1, ...taps]),
      ]);
  const layout = blocked ? 'blocked' : 'nchw';
  const tensor = graph.emit(
    'Conv',
    [context.tensor(padded, layout), context.reshape(filter, [channels, 1, ...taps])],
    {
      kernel_shape: taps,
      strides: [vertical.factor, horizontal.factor],
      pads: [0, 0, 0, 0],
      dilations: [1, 1],
      group: channels,
    },
    blocked ? blockedDomain : '',
  );
  return lowered(tensor, output, layout);
}

/** Pixels whose gradient is gathered by one product of matrices: beyond it, most of a matrix is zeros. */
const tileLength = 64;

/** Carries a gradient back along one axis by products with the matrix of the resize, tile by tile. */
function multiplyAxis(
  context: LoweringContext,
  tensor: string,
  lengths: readonly number[],
  axis: 2 | 3,
  length: number,
  taps: readonly Taps[],
): string {
  const { graph } = context;
  const tiles: string[] = [];
  for (let from = 0; from < length; from += tileLength) {
    const to = Math.min(length, from + tileLength);
    const inTile = (index: number): boolean => index >= from && index < to;
    const reached = taps.flatMap((row, i) => (row.some(([index]) => inTile(index)) ? [i] : []));
    const [first = 0, last = 0] = [reached[0], reached.at(-1)];
    const size = last - first + 1;
    const ranges = {
      start: lengths.map((_, i) => (i === axis ? first : 0)),
      size: lengths.map((n, i) => (i === axis ? size : n)),
    };
    const part = emitRanges(context, tensor, lengths, ranges);
    const matrix = new Array<number>(size * (to - from)).fill(0);
    taps.slice(first, last + 1).forEach((row, i) => {
      for (const [index, weight] of row) {
        if (!inTile(index)) continue;
        const at = axis === 3 ? i * (to - from) + index - from : (index - from) * size + i;
        matrix[at] = (matrix[at] ?? 0) + weight;
      }
    });
    tiles.push(
      axis === 3
        ? graph.emit('MatMul', [part, graph.constant(matrix, [size, to - from])])
        : graph.emit('MatMul', [graph.constant(matrix, [to - from, size]), part]),
    );
  }
  return tiles.length === 1 ? (tiles[0] ?? '') : graph.emit('Concat', tiles, { axis });
}
