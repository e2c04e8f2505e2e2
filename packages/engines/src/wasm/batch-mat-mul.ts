import * as tf from '@tensorflow/tfjs-core';

import { floatHeap, heapOffset, integerHeap, withView, type WasmBackend } from './heap.js';
import { release, wasmKernel, type Inputs, type WasmKernel } from './kernel-call.js';
import { stridedCopy } from './strided-copy.js';

/** Measured nanoseconds: a multiply-add in the stock loop and in XNNPACK, copying an element, packing one, a call. */
const cost = { loop: 0.8, product: 0.06, transpose: 2, pack: 4, call: 15_000 };

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
      (backend, inputs, attributes) =>
        isOnePlainPair(inputs, attributes)
          ? multiplyOnce(stock, backend, inputs, attributes)
          : multiplyPairs(stock, backend, inputs, attributes),
      (inputs, attributes) => isOnePlainPair(inputs, attributes) || isFaster(inputs, attributes),
    );
    return make(stock);
  },
};

/** Matrices that the stock kernel hands to XNNPACK as they are. */
function isOnePlainPair(
  { a, b }: Inputs<'a' | 'b'>,
  { transposeA, transposeB }: tf.BatchMatMulAttrs,
): boolean {
  const floats = a.dtype === 'float32' && b.dtype === 'float32';
  return floats && matricesIn(a) === 1 && matricesIn(b) === 1 && !transposeA && !transposeB;
}

/**
 * The stock kernel keeps `b` packed under its data id alone and takes the same packing for a reshaped `b`, which gives
 * wrong products. A view has a data id of its own, whose packing is dropped with it.
 */
function multiplyOnce(
  stock: tf.KernelFunc,
  backend: WasmBackend,
  { a, b }: Inputs<'a' | 'b'>,
  attributes: tf.BatchMatMulAttrs,
): tf.TensorInfo {
  const attrs = { ...attributes };
  return withView(backend, b, 0, b.shape, (view) =>
    stock({ inputs: { a, b: view }, backend, attrs }),
  ) as tf.TensorInfo;
}

function matricesIn({ shape }: tf.TensorInfo): number {
  return tf.util.sizeFromShape(shape.slice(0, -2));
}

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

function isFaster(
  { a, b }: Inputs<'a' | 'b'>,
  { transposeA, transposeB }: tf.BatchMatMulAttrs,
): boolean {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return false;
  // Matrices are taken in turn, which is right for equal counts of them in equal order and for a single one.
  const sameOuter = a.shape.slice(0, -2).join() === b.shape.slice(0, -2).join();
  if (!sameOuter && matricesIn(a) !== 1 && matricesIn(b) !== 1) return false;
  const [rows = 0, columns = 0] = a.shape.slice(-2);
  const n = b.shape.at(transposeB ? -2 : -1) ?? 0;
  const left = rows * columns;
  const right = (transposeA ? rows : columns) * n;
  const extra =
    cost.call +
    (transposeA ? left * cost.transpose : 0) +
    (transposeB ? right * cost.transpose : 0) +
    right * cost.pack;
  return left * n * (cost.loop - cost.product) > extra;
}
