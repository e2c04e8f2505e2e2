import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { checkGradients } from './finite-difference.js';

test('accepts right gradients of inputs and variables, and leaves both as they were', () => {
  const x = tf.tensor2d([1, -2, 3, 0.5], [2, 2]);
  const w = tf.variable(tf.tensor1d([0.5, 2]));
  const before = tf.memory().numTensors;
  checkGradients((input) => tf.mul(tf.square(input), w), [x], { variables: [w] });
  expect(tf.memory().numTensors).toBe(before);
  expect(x.dataSync()).toBeAllClose([1, -2, 3, 0.5]);
  expect(w.dataSync()).toBeAllClose([0.5, 2]);
  tf.dispose([x, w]);
});

test('names the number whose gradient is wrong', () => {
  // Says that the gradient of x^2 is x.
  const wrong = tf.customGrad((...inputs) => {
    const [x] = inputs as [tf.Tensor];
    return { value: tf.square(x), gradFunc: (dy: tf.Tensor) => tf.mul(dy, x) };
  });
  const x = tf.tensor1d([1, 2]);
  expect(() => {
    checkGradients(wrong, [x]);
  }).toThrow(/gradient of input 0 \(2\) at \d is .*, but the finite difference is/);
  x.dispose();
});

test('refuses gradients that are not finite', () => {
  const x = tf.tensor1d([0]);
  // The gradient of sqrt(x^2) at 0 is 0/0.
  expect(() => {
    checkGradients((input) => tf.sqrt(tf.square(input)), [x]);
  }).toThrow(/is NaN/);
  x.dispose();
});
