import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ShapeError } from '../errors.js';
import { checkGradients } from '../testing/finite-difference.js';
import { randomStream } from '../tensor/random-stream.js';
import { Conv2d, type Conv2dLayerOptions } from './conv2d.js';
import {
  expectSameAsTorch,
  loadParameters,
  readFixture,
  type FixtureCase,
} from '../ops/torch-fixtures.test-support.js';

const cases = readFixture('conv2d') as FixtureCase<Conv2dLayerOptions>[];

test.each(cases)('equals PyTorch: $name', (expected) => {
  const conv = new Conv2d(expected.options);
  loadParameters(conv, expected.parameters);
  expectSameAsTorch(conv, (x) => conv.forward(x), expected);
  const [, height, width] = expected.x.shape as [number, number, number];
  const [, outHeight, outWidth] = expected.y.shape as [number, number, number];
  expect(conv.outputSize({ height, width })).toEqual({ height: outHeight, width: outWidth });
  conv.dispose();
});

test.each([
  { kernelSize: 3, padding: 1 },
  { kernelSize: 3, padding: 1, stride: 2 },
  { kernelSize: 3, padding: 2, dilation: 2 },
])('gradients agree with finite differences: %o', (options) => {
  const conv = new Conv2d({ inChannels: 2, outChannels: 3, ...options });
  conv.initialize(randomStream(0));
  const x = tf.randomNormal([1, 5, 6, 2], 0, 1, 'float32', 1);
  const variables = [...conv.namedParameters()].map(([, { value }]) => value);
  checkGradients((input) => conv.forward(input as tf.Tensor4D), [x], { variables });
  conv.dispose();
});

test('a kernel used twice gathers both gradients', () => {
  const conv = new Conv2d({ inChannels: 2, outChannels: 2, kernelSize: 3, padding: 1 });
  conv.initialize(randomStream(3));
  const x = tf.randomNormal([1, 4, 4, 2], 0, 1, 'float32', 2);
  const variables = [...conv.namedParameters()].map(([, { value }]) => value);
  const twice = (input: tf.Tensor) => conv.forward(conv.forward(input as tf.Tensor4D));
  checkGradients(twice, [x], { variables });
  conv.dispose();
});

test('forward and backward leave no tensors behind', () => {
  const conv = new Conv2d({
    inChannels: 2,
    outChannels: 2,
    kernelSize: 3,
    padding: 2,
    dilation: 2,
  });
  conv.initialize(randomStream(0));
  const x = tf.ones<tf.Rank.R4>([1, 5, 5, 2]);
  const before = tf.memory().numTensors;
  conv.forward(x).dispose();
  const { value, grads } = tf.variableGrads(() => tf.sum(conv.forward(x)));
  tf.dispose([value, grads]);
  expect(tf.memory().numTensors).toBe(before);
  conv.dispose();
});

test('counts its multiplications', () => {
  // 4 * 5 output pixels of 8 channels, each a sum of 3 * 3 * 2 products.
  const conv = new Conv2d({ inChannels: 2, outChannels: 8, kernelSize: 3, padding: 1 });
  expect(conv.macs({ height: 4, width: 5 })).toBe(4 * 5 * 8 * 3 * 3 * 2);
});

test('names a wrong channel count', () => {
  const conv = new Conv2d({ inChannels: 16, outChannels: 2, kernelSize: 1 });
  conv.initialize(randomStream(0));
  const forward = () => conv.forward(tf.zeros<tf.Rank.R4>([1, 4, 4, 3]));
  expect(forward).toThrow(ShapeError);
  expect(forward).toThrow('conv2d: input must be ?x?x?x16, received 1x4x4x3');
  conv.dispose();
});

test('names a map that is smaller than the kernel', () => {
  const conv = new Conv2d({
    inChannels: 1,
    outChannels: 1,
    kernelSize: 3,
    dilation: 2,
    padding: 1,
  });
  conv.initialize(randomStream(0));
  // Dilated, the kernel reaches over 5 pixels, of which 2 may be padding.
  expect(() => conv.outputSize({ height: 2, width: 9 })).toThrow(
    'conv2d: map must be at least 3x3 for a kernel of 3x3 (dilation 2, padding 1), received 2x9',
  );
  expect(() => conv.forward(tf.zeros<tf.Rank.R4>([1, 2, 9, 1]))).toThrow(ShapeError);
  conv.dispose();
});
