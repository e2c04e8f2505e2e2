import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { permuteAxes } from './permute-axes.js';

test('rows and columns of a matrix', () => {
  expect(permuteAxes(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3], [1, 0])).toEqual(
    Float32Array.of(1, 4, 2, 5, 3, 6),
  );
});

test.each([
  [[], []],
  [[5], [0]],
  [
    [3, 3, 4, 6],
    [3, 2, 0, 1],
  ],
  [
    [2, 3, 1, 4],
    [2, 0, 3, 1],
  ],
  [
    [1, 1, 3, 2],
    [3, 2, 0, 1],
  ],
  [
    [2, 0, 3],
    [2, 0, 1],
  ],
  [
    [2, 3, 4],
    [0, 1, 2],
  ],
])('a shape of %j with axes %j is what tf.transpose makes of it', async (shape, axes) => {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  const expected = tf.transpose(tf.tensor(values, shape), axes);
  expect(permuteAxes(values, shape, axes)).toEqual(await expected.data());
  expected.dispose();
});
