import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ShapeError } from '../errors.js';
import { checkGradients } from '../testing/finite-difference.js';
import { centerCrop } from './center-crop.js';
import { padToSize } from './pad-to-size.js';

const x = tf.tensor4d(
  Array.from({ length: 12 }, (_, i) => i),
  [1, 3, 4, 1],
);

test('centerCrop takes the middle and drops the odd row at the bottom', () => {
  // Rows 0..2 of 4 columns: 0 1 2 3 / 4 5 6 7 / 8 9 10 11. Surplus 1 row: floor(1 / 2) = 0 at the top; 2 columns: 1 left.
  const y = centerCrop(x, { height: 2, width: 2 });
  expect(y.shape).toEqual([1, 2, 2, 1]);
  expect(y.dataSync()).toBeAllClose([1, 2, 5, 6]);
});

test('padToSize puts the odd row at the bottom', () => {
  // 1 row too few: 0 above, 1 below; 3 columns too few: floor(3 / 2) = 1 left, 2 right.
  const y = padToSize(x, { height: 4, width: 7 });
  expect(y.shape).toEqual([1, 4, 7, 1]);
  expect(y.dataSync()).toBeAllClose([
    ...[0, 0, 1, 2, 3, 0, 0],
    ...[0, 4, 5, 6, 7, 0, 0],
    ...[0, 8, 9, 10, 11, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0],
  ]);
});

test('the same size is the same map', () => {
  expect(centerCrop(x, { height: 3, width: 4 })).toBe(x);
  expect(padToSize(x, { height: 3, width: 4 })).toBe(x);
});

test('gradients agree with finite differences', () => {
  const crop = (map: tf.Tensor) => centerCrop(map as tf.Tensor4D, { height: 2, width: 3 });
  const pad = (map: tf.Tensor) => padToSize(map as tf.Tensor4D, { height: 4, width: 7 });
  checkGradients(crop, [x]);
  checkGradients(pad, [x]);
});

test('neither turns into the other', () => {
  expect(() => centerCrop(x, { height: 4, width: 2 })).toThrow(ShapeError);
  expect(() => centerCrop(x, { height: 4, width: 2 })).toThrow(
    'centerCrop: input must be at least 4x2, received 3x4; pad or resize it instead.',
  );
  expect(() => padToSize(x, { height: 4, width: 2 })).toThrow(
    'padToSize: input must be at most 4x2, received 3x4; crop or resize it instead.',
  );
});
