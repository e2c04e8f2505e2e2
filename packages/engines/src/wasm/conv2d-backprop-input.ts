import type * as tf from '@tensorflow/tfjs-core';

import { convolutionSizes, type ConvolutionSizes } from './convolution-sizes.js';
import { heapOffset, integerHeap, rowMajorStrides, zeros, type WasmBackend } from './heap.js';
import { release, runKernel, wasmKernel } from './kernel-call.js';
import { stridedCopy } from './strided-copy.js';

/**
 * The outputs `first, first + stride, ...` of one axis. They see the filter taps `tap, tap + stride, ...` only:
 * output `first + stride*t` is the sum over `u` of `dy[base + t - u] * filter[tap + stride*u]`.
 */
interface Phase {
  readonly first: number;
  readonly count: number;
  readonly tap: number;
  readonly taps: number;
  readonly base: number;
}

/**
 * Input gradient of a convolution, and the forward pass of a transposed one:
 * `dx[n, i, j, c] = sum over kh, kw, o of dy[n, (i + top - kh) / stride, (j + left - kw) / stride, o] *
 * filter[kh, kw, c, o]`, over the positions where the division leaves nothing.
 *
 * It splits into `stride * stride` ordinary convolutions of `dy` with every stride-th filter tap, flipped and with
 * its channels swapped, which the backend's fast `Conv2D` runs; their results are interleaved. Column phases that read
 * the same columns of `dy` (kernel = stride) share one convolution.
 * Inputs: `dy` `[batch, outHeight, outWidth, outChannels]`, `filter` `[kernel, kernel, inChannels, outChannels]`.
 */
export const conv2dBackpropInput = wasmKernel<'dy' | 'filter', tf.Conv2DBackpropInputAttrs>(
  'Conv2DBackpropInput',
  (backend, { dy, filter }, attributes) => {
    const sizes = convolutionSizes(attributes.inputShape, filter.shape, attributes);
    const rows = phases(sizes.height, sizes.kernelHeight, sizes.strideHeight, sizes.top);
    const columns = groupColumns(
      phases(sizes.width, sizes.kernelWidth, sizes.strideWidth, sizes.left),
    );
    if (sizes.strideHeight === 1 && sizes.strideWidth === 1) {
      const [row] = rows;
      const [column] = columns;
      if (row !== undefined && column !== undefined) {
        return phaseConvolution(backend, dy, filter, sizes, row, column);
      }
    }
    const dx = zeros(backend, [...attributes.inputShape]);
    for (const row of rows) {
      for (const column of columns) {
        if (row.taps === 0 || column[0].taps === 0) continue;
        const part = phaseConvolution(backend, dy, filter, sizes, row, column);
        interleave(backend, part, dx, sizes, row, column);
        release(backend, part);
      }
    }
    return dx;
  },
  (_inputs, { dataFormat }) => dataFormat !== 'NCHW',
);

function phases(size: number, kernel: number, stride: number, pad: number): Phase[] {
  const found: Phase[] = [];
  for (let first = 0; first < Math.min(stride, size); first++) {
    const tap = (first + pad) % stride;
    found.push({
      first,
      count: Math.ceil((size - first) / stride),
      tap,
      taps: Math.max(0, Math.ceil((kernel - tap) / stride)),
      base: Math.floor((first + pad) / stride),
    });
  }
  return found;
}

type Columns = readonly [Phase, ...Phase[]];

/** Joins the phases of a row into one convolution with more output channels, if all read the same columns. */
function groupColumns(columns: readonly Phase[]): Columns[] {
  const [first, ...rest] = columns;
  if (first === undefined) return [];
  const joined = rest.every(
    (phase) =>
      phase.count === first.count && phase.taps === first.taps && phase.base === first.base,
  );
  return joined ? [[first, ...rest]] : columns.map((phase) => [phase]);
}

/** Gives `[batch, row.count, columns[0].count, columns.length * inChannels]`. */
function phaseConvolution(
  backend: WasmBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  sizes: ConvolutionSizes,
  row: Phase,
  columns: Columns,
): tf.TensorInfo {
  const [column] = columns;
  const taps = flippedFilter(backend, filter, sizes, row, columns);
  const vertical = margins(row, sizes.outHeight);
  const horizontal = margins(column, sizes.outWidth);
  const cropped = crop(backend, dy, vertical, horizontal);
  const padding = [[0, 0], padded(vertical), padded(horizontal), [0, 0]];
  const result = runKernel(
    backend,
    'Conv2D',
    { x: cropped ?? dy, filter: taps },
    { strides: [1, 1], dilations: [1, 1], pad: padding, dataFormat: 'NHWC' },
  );
  release(backend, taps);
  if (cropped !== undefined) release(backend, cropped);
  return result;
}

/** Gives the phase's filter, `[row.taps, columns.taps, outChannels, columns.length * inChannels]`. */
function flippedFilter(
  backend: WasmBackend,
  filter: tf.TensorInfo,
  sizes: ConvolutionSizes,
  row: Phase,
  columns: Columns,
): tf.TensorInfo {
  const { inChannels, outChannels, strideHeight, strideWidth } = sizes;
  const [column] = columns;
  const [tapRow = 0, tapColumn = 0, channel = 0] = rowMajorStrides(filter.shape);
  const shape = [row.taps, column.taps, outChannels, columns.length * inChannels];
  const flipped = backend.makeOutput(shape, 'float32');
  const heap = integerHeap(backend);
  columns.forEach((phase, i) => {
    const lastRow = row.tap + strideHeight * (row.taps - 1);
    const lastColumn = phase.tap + strideWidth * (phase.taps - 1);
    stridedCopy(
      heap,
      [row.taps, phase.taps, outChannels, inChannels],
      {
        offset: heapOffset(backend, filter) + lastRow * tapRow + lastColumn * tapColumn,
        strides: [-strideHeight * tapRow, -strideWidth * tapColumn, 1, channel],
      },
      { offset: heapOffset(backend, flipped) + i * inChannels, strides: rowMajorStrides(shape) },
    );
  });
  return flipped;
}

/** How far the convolution reads beyond `dy` on either side; negative where it leaves elements unread. */
function margins(phase: Phase, size: number): readonly [number, number] {
  return [phase.taps - 1 - phase.base, phase.base + phase.count - size];
}

function padded([before, after]: readonly [number, number]): [number, number] {
  return [Math.max(0, before), Math.max(0, after)];
}

function crop(
  backend: WasmBackend,
  dy: tf.TensorInfo,
  vertical: readonly [number, number],
  horizontal: readonly [number, number],
): tf.TensorInfo | undefined {
  const [top, bottom] = vertical.map((margin) => Math.max(0, -margin)) as [number, number];
  const [left, right] = horizontal.map((margin) => Math.max(0, -margin)) as [number, number];
  if (top + bottom + left + right === 0) return undefined;
  const [batch = 0, height = 0, width = 0, channels = 0] = dy.shape;
  const size = [batch, height - top - bottom, width - left - right, channels];
  return runKernel(backend, 'Slice', { x: dy }, { begin: [0, top, left, 0], size });
}

function interleave(
  backend: WasmBackend,
  part: tf.TensorInfo,
  dx: tf.TensorInfo,
  sizes: ConvolutionSizes,
  row: Phase,
  columns: Columns,
): void {
  const [column] = columns;
  const { batch, inChannels, width, height, strideHeight, strideWidth } = sizes;
  const pixel = inChannels;
  const line = width * pixel;
  stridedCopy(
    integerHeap(backend),
    [batch, row.count, column.count, columns.length * inChannels],
    { offset: heapOffset(backend, part), strides: rowMajorStrides(part.shape) },
    {
      offset: heapOffset(backend, dx) + row.first * line + column.first * pixel,
      strides: [height * line, strideHeight * line, strideWidth * pixel, 1],
    },
  );
}
