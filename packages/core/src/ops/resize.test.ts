import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { checkGradients } from '../testing/finite-difference.js';
import type { Size } from '../tensor/size.js';
import { resizeBilinear } from './resize-bilinear.js';
import { resizeNearest } from './resize-nearest.js';
import {
  expectSameAsTorch,
  noParameters,
  readFixture,
  type FixtureCase,
} from './torch-fixtures.test-support.js';

interface ResizeOptions {
  readonly mode: 'bilinear' | 'nearest';
  readonly size: Size;
  readonly alignCorners?: boolean;
}

const cases = readFixture('resize') as FixtureCase<ResizeOptions>[];

test.each(cases)('equals PyTorch: $name', (expected) => {
  const { mode, size, alignCorners = false } = expected.options;
  const forward = (x: tf.Tensor4D) =>
    mode === 'bilinear' ? resizeBilinear(x, size, { alignCorners }) : resizeNearest(x, size);
  expectSameAsTorch(noParameters, forward, expected);
});

test.each([
  ['half-pixel', (x: tf.Tensor4D) => resizeBilinear(x, { height: 8, width: 6 })],
  [
    'aligned',
    (x: tf.Tensor4D) => resizeBilinear(x, { height: 8, width: 5 }, { alignCorners: true }),
  ],
  ['nearest', (x: tf.Tensor4D) => resizeNearest(x, { height: 7, width: 3 })],
])('gradients agree with finite differences: %s', (_, resize) => {
  const x = tf.randomNormal([1, 4, 3, 2], 0, 1, 'float32', 1);
  checkGradients((input) => resize(input as tf.Tensor4D), [x], { samples: 24 });
});

test('by hand: half-pixel bilinear', () => {
  // Doubled, output pixel 1 of a row lies at (1 + 0.5) / 2 - 0.5 = 0.25: 0.75 * 10 + 0.25 * 20 = 12.5; output pixel 0
  // lies at -0.25, outside, and takes the border's 10. Down the columns alike: 0.75 * 10 + 0.25 * 30 = 15.
  const x = tf.tensor4d([10, 20, 30, 40], [1, 2, 2, 1]);
  const y = resizeBilinear(x, { height: 4, width: 4 });
  expect(y.dataSync()).toBeAllClose([
    10, 12.5, 17.5, 20, 15, 17.5, 22.5, 25, 25, 27.5, 32.5, 35, 30, 32.5, 37.5, 40,
  ]);
});

test('by hand: with aligned corners four pixels lie at 0, 1/3, 2/3 and 1', () => {
  const x = tf.tensor4d([10, 40], [1, 1, 2, 1]);
  const y = resizeBilinear(x, { height: 1, width: 4 }, { alignCorners: true });
  expect(y.dataSync()).toBeAllClose([10, 20, 30, 40]);
});

test('nearest picks exact pixels where a rounded scale would miss', () => {
  // 2 to 98: pixel 49 is floor(49 * 2 / 98) = 1, but 49 * (2 / 98) is 0.99999... in float64, and 2 / 82 in float32 alike.
  const x = tf.tensor4d([5, 7], [1, 1, 2, 1]);
  for (const width of [98, 82]) {
    const half = Array.from({ length: width / 2 });
    const resize = (map: tf.Tensor) => resizeNearest(map as tf.Tensor4D, { height: 1, width });
    expect(resize(x).dataSync()).toBeAllClose([...half.map(() => 5), ...half.map(() => 7)]);
    expect(tf.grad(resize)(x).dataSync()).toBeAllClose([width / 2, width / 2]);
  }
});

test('the same size is the same map', () => {
  const x = tf.zeros<tf.Rank.R4>([1, 3, 4, 2]);
  expect(resizeBilinear(x, { height: 3, width: 4 })).toBe(x);
  expect(resizeNearest(x, { height: 3, width: 4 })).toBe(x);
});

test('forward and backward leave no tensors behind', () => {
  const x = tf.ones<tf.Rank.R4>([1, 3, 3, 2]);
  const before = tf.memory().numTensors;
  tf.grad((input: tf.Tensor) => resizeBilinear(input as tf.Tensor4D, { height: 6, width: 6 }))(
    x,
  ).dispose();
  expect(tf.memory().numTensors).toBe(before);
});
