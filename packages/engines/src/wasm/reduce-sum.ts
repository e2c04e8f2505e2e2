import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

import { floatHeap, heapOffset } from './heap.js';
import { wasmKernel } from './kernel-call.js';

/** The reduced axes as the middle one of three: `[outer, reduced, inner]`. */
interface Reduction {
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
  readonly shape: number[];
}

/**
 * Sum over adjacent axes that are not the last, e.g. `[0, 1, 2]` of NHWC as in batch normalisation and bias gradients.
 * The stock kernel transposes first; this one adds rows, in float64.
 */
export const reduceSum = wasmKernel<tf.SumAttrs>(
  'Sum',
  (backend, inputs, { axis, keepDims }) => {
    const { x } = inputs as tf.SumInputs;
    return addRows(backend, x, reduction(x.shape, axis, keepDims), 1);
  },
  ({ x }, { axis }) => x !== undefined && isMiddle(x, axis),
);

/** Mean over adjacent axes that are not the last; see {@link reduceSum}. */
export const reduceMean = wasmKernel<tf.MeanAttrs>(
  'Mean',
  (backend, inputs, { axis, keepDims }) => {
    const { x } = inputs as tf.MeanInputs;
    const shape = reduction(x.shape, axis, keepDims);
    return addRows(backend, x, shape, 1 / shape.reduced);
  },
  ({ x }, { axis }) => x !== undefined && isMiddle(x, axis),
);

function isMiddle(x: tf.TensorInfo, axis: number | number[]): boolean {
  const axes = sortedAxes(axis, x.shape.length);
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

function sortedAxes(axis: number | number[], rank: number): number[] {
  return tf.util.parseAxisParam(axis, tf.util.repeat(1, rank)).sort((a, b) => a - b);
}

function reduction(
  shape: readonly number[],
  axis: number | number[],
  keepDims: boolean,
): Reduction {
  const axes = sortedAxes(axis, shape.length);
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

function addRows(
  backend: BackendWasm,
  x: tf.TensorInfo,
  { outer, reduced, inner, shape }: Reduction,
  factor: number,
): tf.TensorInfo {
  const result = backend.makeOutput(shape, 'float32');
  const heap = floatHeap(backend);
  const target = heapOffset(backend, result);
  let source = heapOffset(backend, x);
  const sums = new Float64Array(inner);
  for (let block = 0; block < outer; block++) {
    sums.fill(0);
    const end = source + reduced * inner;
    // Two rows at a time: half the reads and writes of the sums.
    for (; source + 2 * inner <= end; source += 2 * inner) {
      const next = source + inner;
      for (let i = 0; i < inner; i++) {
        sums[i] = (sums[i] ?? 0) + (heap[source + i] ?? 0) + (heap[next + i] ?? 0);
      }
    }
    for (; source < end; source += inner) {
      for (let i = 0; i < inner; i++) sums[i] = (sums[i] ?? 0) + (heap[source + i] ?? 0);
    }
    for (let i = 0; i < inner; i++) heap[target + block * inner + i] = (sums[i] ?? 0) * factor;
  }
  return result;
}
