import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { expectSameAsCpu, startBackends, stopBackends } from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

test.each([
  { filterSize: 2, strides: 2, pad: 'valid', out: [4, 3] },
  { filterSize: 3, strides: 2, pad: 'same', out: [5, 4] },
  { filterSize: 3, strides: 1, pad: 'same', out: [9, 7] },
  { filterSize: 3, strides: 2, pad: 1, out: [5, 4] },
  { filterSize: 1, strides: 2, pad: 'valid', out: [5, 4] },
] as const)('max-pool gradients equal the cpu backend: %o', ({ out, ...attributes }) => {
  const x = [2, 9, 7, 5];
  const y = [2, out[0], out[1], 5];
  expectSameAsCpu(
    'MaxPoolGrad',
    { dy: y, input: x, output: y },
    { ...attributes, dimRoundingMode: 'floor' },
  );
});

test('a max-pool window with equal values passes its gradient to the first', () => {
  tf.tidy(() => {
    const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
    const dx = tf.grad((input) => tf.maxPool(input as tf.Tensor4D, 2, 2, 'valid'))(x);
    expect([...dx.dataSync()]).toEqual([1, 0, 0, 0]);
  });
});

test.each([
  [
    [2, 3, 4, 5],
    [0, 1, 2],
  ],
  [
    [2, 16, 16, 3],
    [0, 1, 2],
  ],
  [
    [3, 9, 9, 4],
    [1, 2],
  ],
  [[3, 150, 2], [1]],
  [[3, 4], [0]],
  [[130, 4], [-2]],
  [
    [3, 4, 5],
    [1, 2],
  ],
  [
    [3, 4, 5],
    [0, 2],
  ],
  [
    [3, 4, 5],
    [0, 1, 2],
  ],
])('sums and means of %j over axes %j equal the cpu backend', (shape, axis) => {
  for (const keepDims of [false, true]) {
    expectSameAsCpu('Sum', { x: shape }, { axis, keepDims });
    expectSameAsCpu('Mean', { x: shape }, { axis, keepDims });
  }
});

test('a sum over many rows keeps the accuracy of float64', () => {
  tf.tidy(() => {
    // 1e5 * 0.1 = 1e4; a running float32 sum is off by 1e-4 of it.
    const sum = tf.sum(tf.fill([100_000, 2], 0.1), 0);
    expect(sum.dataSync()).toBeAllClose([10_000, 10_000], { rtol: 2e-6 });
  });
});

test.each([
  { x: [2, 3, 4, 5], withScale: true, withOffset: true },
  { x: [7, 5], withScale: false, withOffset: true },
  { x: [2, 9, 5], withScale: true, withOffset: false },
])('batch normalisation equals the cpu backend: %o', ({ x, withScale, withOffset }) => {
  // A variance of -1 to 1 plus 2 is positive.
  const inputs = { x, mean: [5], variance: [5] };
  const scale = withScale ? { scale: [5] } : {};
  const offset = withOffset ? { offset: [5] } : {};
  expectSameAsCpu('FusedBatchNorm', { ...inputs, ...scale, ...offset }, { varianceEpsilon: 2 });
});

test.each([
  { a: [40, 50], b: [40, 60], transposeA: true, transposeB: false },
  { a: [1, 50, 40], b: [1, 60, 40], transposeA: false, transposeB: true },
  { a: [3, 50, 40], b: [3, 60, 50], transposeA: true, transposeB: true },
  { a: [2, 40, 50], b: [1, 50, 60], transposeA: false, transposeB: false },
  { a: [1, 40, 50], b: [2, 50, 60], transposeA: false, transposeB: false },
  { a: [2, 3, 4], b: [2, 4, 5], transposeA: false, transposeB: false },
])('matrix products equal the cpu backend: %o', ({ a, b, transposeA, transposeB }) => {
  const rank3 = (shape: number[]) => (shape.length === 2 ? [1, ...shape] : shape);
  expectSameAsCpu('BatchMatMul', { a: rank3(a), b: rank3(b) }, { transposeA, transposeB });
});

test('a reshaped right-hand matrix is not mistaken for the one it was made of', () => {
  tf.tidy(() => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
    const first = tf.matMul(tf.tensor2d([[1, 1, 1, 1]]), x);
    expect([...first.dataSync()]).toEqual([16, 20]);
    // [1 1] times [[1 2 3 4], [5 6 7 8]] adds the rows.
    const second = tf.matMul(tf.tensor2d([[1, 1]]), tf.reshape(x, [2, 4]));
    expect([...second.dataSync()]).toEqual([6, 8, 10, 12]);
  });
});

test('identity and a cast to the same dtype share the memory until the last name is disposed', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const clone = tf.clone(x);
  const same = tf.cast(x, 'float32');
  const whole = tf.cast(x, 'int32');
  tf.dispose([x, clone]);
  expect([...same.dataSync()]).toEqual([1, 2, 3]);
  expect([whole.dtype, ...whole.dataSync()]).toEqual(['int32', 1, 2, 3]);
  tf.dispose([same, whole]);
});
