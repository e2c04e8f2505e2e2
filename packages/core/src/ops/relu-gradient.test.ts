import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

const x = tf.tensor1d([-2, -0, 0, 0.5, 3]);

test('is dy where the input is above 0', () => {
  const dx = tf.grad((input) => tf.relu(input))(x, tf.tensor1d([1, 2, 3, 4, 5]));
  // relu'(x) is 0 up to and at 0, 1 above.
  expect([...dx.dataSync()]).toEqual([0, 0, 0, 4, 5]);
});

test('can be differentiated again', () => {
  // d/dx relu(x)^2 = 2 relu(x); its derivative is 2 above 0.
  const slope = tf.grad((input) => tf.square(tf.relu(input)));
  const curvature = tf.grad((input) => tf.sum(slope(input)));
  // Equal, but for the sign of zeros.
  const exactly = { rtol: 0, atol: 0 };
  expect(slope(x).dataSync()).toBeAllClose([0, 0, 0, 1, 6], exactly);
  expect(curvature(x).dataSync()).toBeAllClose([0, 0, 0, 2, 2], exactly);
});
