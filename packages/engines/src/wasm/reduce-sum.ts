import * as tf from '@tensorflow/tfjs-core';

import { floatHeap, heapOffset, type WasmBackend } from './heap.js';
import { release, runKernel, wasmKernel } from './kernel-call.js';

/** Rows averaged in float32 before the sum goes on in float64. */
const rowsPerBlock = 64;

/** The reduced axes as the middle one of three: `[outer, reduced, inner]`. */
interface Reduction {
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
  readonly shape: number[];
}

/**
 * Sum over adjacent axes that are not the last, e.g. `[0, 1, 2]` of NHWC as in batch normalisation and bias gradients.
 * The stock kernel transposes first and adds one
 * element at a time: this one is 10 to 20 times as fast.
 */
export const reduceSum = wasmKernel<'x', tf.SumAttrs>(
  'Sum',
  (backend, { x }, { axis, keepDims }) => {
    return addRows(backend, x, reduction(x.shape, axis, keepDims), 1);
  },
  ({ x }, { axis }) => isMiddle(x, axis),
);

/** Mean over adjacent axes that are not the last; see {@link reduceSum}. */
export const reduceMean = wasmKernel<'x', tf.MeanAttrs>(
  'Mean',
  (backend, { x }, { axis, keepDims }) => {
    const shape = reduction(x.shape, axis, keepDims);
    return addRows(backend, x, shape, 1 / shape.reduced);
  },
  ({ x }, { axis }) => isMiddle(x, axis),
);

function isMiddle(x: tf.TensorInfo, axis: number | number[]): boolean {
  const axes = sortedAxes(axis, x.shape);
  const adjacent = axes.every((value, i) => i === 0 || value === (axes[i - 1] ?? 0) + 1);
  const last = axes.at(-1) ?? -1;
  const { inner, reduced } = reduction(x.shape, axis, false);
  return (
    x.dtype === 'float32' &&
    adjacent &&
    last >= 0 &&
    last < x.shape.length - 1 &&
    inner > 1 &&
    reduced > 0
  );
}

function sortedAxes(axis: number | number[], shape: readonly number[]): number[] {
  return tf.util.parseAxisParam(axis, [...shape]).sort((a, b) => a - b);
}

function reduction(
  shape: readonly number[],
  axis: number | number[],
  keepDims: boolean,
): Reduction {
  const axes = sortedAxes(axis, shape);
  const first = axes[0] ?? 0;
  const last = axes.at(-1) ?? -1;
  return {
    outer: tf.util.sizeFromShape(shape.slice(0, first)),
    reduced: tf.util.sizeFromShape(shape.slice(first, last + 1)),
    inner: tf.util.sizeFromShape(shape.slice(last + 1)),
    shape: keepDims
      ? shape.map((size, i) => (axes.includes(i) ? 1 : size))
      : shape.filter((_, i) => !axes.includes(i)),
  };
}

/**
 * Blocks of rows are averaged by the backend's `AvgPool`, which reads 8 elements per nanosecond; the averages and the rows
 * left over are added in float64, so that the error does not grow with the size of the map.
 */
function addRows(
  backend: WasmBackend,
  x: tf.TensorInfo,
  { outer, reduced, inner, shape }: Reduction,
  factor: number,
): tf.TensorInfo {
  const blocks = Math.floor(reduced / rowsPerBlock);
  const averages = blocks > 0 ? averageBlocks(backend, x, outer, reduced, inner) : undefined;
  const result = backend.makeOutput(shape, 'float32');
  const heap = floatHeap(backend);
  const target = heapOffset(backend, result);
  const sums = new Float64Array(inner);
  for (let block = 0; block < outer; block++) {
    sums.fill(0);
    if (averages !== undefined) {
      const first = heapOffset(backend, averages) + block * blocks * inner;
      accumulate(sums, heap, first, blocks, inner);
      for (let i = 0; i < inner; i++) sums[i] = (sums[i] ?? 0) * rowsPerBlock;
    }
    const done = blocks * rowsPerBlock;
    const rest = heapOffset(backend, x) + (block * reduced + done) * inner;
    accumulate(sums, heap, rest, reduced - done, inner);
    for (let i = 0; i < inner; i++) heap[target + block * inner + i] = (sums[i] ?? 0) * factor;
  }
  if (averages !== undefined) release(backend, averages);
  return result;
}

function averageBlocks(
  backend: WasmBackend,
  x: tf.TensorInfo,
  outer: number,
  reduced: number,
  inner: number,
): tf.TensorInfo {
  const rows = { ...x, shape: [outer, reduced, 1, inner] };
  const window = [rowsPerBlock, 1];
  return runKernel(
    backend,
    'AvgPool',
    { x: rows },
    { filterSize: window, strides: window, pad: 'valid' },
  );
}

function accumulate(
  sums: Float64Array,
  heap: Float32Array,
  start: number,
  rows: number,
  inner: number,
): void {
  for (let row = 0; row < rows; row++) {
    const source = start + row * inner;
    for (let i = 0; i < inner; i++) sums[i] = (sums[i] ?? 0) + (heap[source + i] ?? 0);
  }
}
