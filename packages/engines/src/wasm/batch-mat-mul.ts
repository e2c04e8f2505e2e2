import * as tf from '@tensorflow/tfjs-core';

import { floatHeap, heapOffset, integerHeap, withView, type WasmBackend } from './heap.js';
import { release, wasmKernel, type Inputs, type WasmKernel } from './kernel-call.js';
import { stridedCopy } from './strided-copy.js';

/** Multiply-adds per matrix below which the stock loop beats the calls of this kernel. */
const fewestProducts = 50_000;

/**
 * Matrix product. The stock kernel is fast (XNNPACK) for one pair of untransposed matrices only and loops over
 * everything else at a tenth of the speed; this one transposes first and multiplies pair by pair.
 * Inputs: `a` `[..., m, k]`, `b` `[..., k, n]`, float32, either transposed on request.
 */
export const batchMatMul: WasmKernel = {
  name: 'BatchMatMul',
  make: (stock) => {
    if (stock === undefined) throw new Error('BatchMatMul on wasm: the stock kernel is missing.');
    const { make } = wasmKernel<'a' | 'b', tf.BatchMatMulAttrs>(
      'BatchMatMul',
      (backend, inputs, attributes) => multiplyPairs(stock, backend, inputs, attributes),
      needsPairs,
    );
    return make(stock);
  },
};

function multiplyPairs(
  stock: tf.KernelFunc,
  backend: WasmBackend,
  { a, b }: Inputs<'a' | 'b'>,
  { transposeA, transposeB }: tf.BatchMatMulAttrs,
): tf.TensorInfo {
  const left = transposeA ? transposed(backend, a) : a;
  const right = transposeB ? transposed(backend, b) : b;
  const [m, k] = left.shape.slice(-2) as [number, number];
  const n = right.shape.at(-1) ?? 0;
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  const result = backend.makeOutput([...outer, m, n], 'float32');
  const pairs = tf.util.sizeFromShape(outer);
  const lefts = tf.util.sizeFromShape(left.shape.slice(0, -2));
  const rights = tf.util.sizeFromShape(right.shape.slice(0, -2));
  for (let pair = 0; pair < pairs; pair++) {
    const product = withView(backend, left, (pair % lefts) * m * k, [1, m, k], (x) =>
      withView(backend, right, (pair % rights) * k * n, [1, k, n], (y) =>
        stock({ inputs: { a: x, b: y }, backend, attrs: { transposeA: false, transposeB: false } }),
      ),
    ) as tf.TensorInfo;
    const source = heapOffset(backend, product);
    floatHeap(backend).copyWithin(
      heapOffset(backend, result) + pair * m * n,
      source,
      source + m * n,
    );
    release(backend, product);
  }
  if (transposeA) release(backend, left);
  if (transposeB) release(backend, right);
  return result;
}

function transposed(backend: WasmBackend, matrices: tf.TensorInfo): tf.TensorInfo {
  const [rows, columns] = matrices.shape.slice(-2) as [number, number];
  const outer = matrices.shape.slice(0, -2);
  const result = backend.makeOutput([...outer, columns, rows], 'float32');
  stridedCopy(
    integerHeap(backend),
    [tf.util.sizeFromShape(outer), columns, rows],
    { offset: heapOffset(backend, matrices), strides: [rows * columns, 1, columns] },
    { offset: heapOffset(backend, result), strides: [rows * columns, rows, 1] },
  );
  return result;
}

function needsPairs(
  { a, b }: Inputs<'a' | 'b'>,
  { transposeA, transposeB }: tf.BatchMatMulAttrs,
): boolean {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return false;
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const single = tf.util.sizeFromShape(outerA) === 1 && tf.util.sizeFromShape(outerB) === 1;
  if (single && !transposeA && !transposeB) return false;
  const [rows = 0, columns = 0] = a.shape.slice(-2);
  const n = b.shape.at(transposeB ? -2 : -1) ?? 0;
  return rows * columns * n >= fewestProducts;
}
