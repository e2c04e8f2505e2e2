import type * as tf from '@tensorflow/tfjs-core';

import { heapOffset, integerHeap, rowMajorStrides, type WasmBackend } from './heap.js';
import { stridedCopy } from './strided-copy.js';

/** Whether the elements take 4 bytes, as float32 and int32 do; bool and string stay with the stock kernels. */
export function isFourBytes(tensor: tf.TensorInfo): boolean {
  return tensor.dtype === 'float32' || tensor.dtype === 'int32';
}

/**
 * Makes a tensor whose elements, in order, are read from `x` with the given strides.
 * @param shape - The result's.
 * @param loops - Sizes of the nested loops over the result, outermost first; their product is the result's size.
 * @param strides - Distance in `x` between neighbours of each loop, in elements.
 * @param start - First element of `x`.
 */
export function gather(
  backend: WasmBackend,
  x: tf.TensorInfo,
  shape: number[],
  loops: readonly number[],
  strides: readonly number[],
  start = 0,
): tf.TensorInfo {
  const result = backend.makeOutput(shape, x.dtype);
  stridedCopy(
    integerHeap(backend),
    loops,
    { offset: heapOffset(backend, x) + start, strides },
    { offset: heapOffset(backend, result), strides: rowMajorStrides(loops) },
  );
  return result;
}

/** Copies the rectangular part of `x` that starts at `begin`. */
export function gatherPart(
  backend: WasmBackend,
  x: tf.TensorInfo,
  begin: readonly number[],
  size: number[],
): tf.TensorInfo {
  const strides = rowMajorStrides(x.shape);
  const start = begin.reduce((sum, index, i) => sum + index * (strides[i] ?? 1), 0);
  return gather(backend, x, size, size, strides, start);
}
