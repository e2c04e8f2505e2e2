import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ShapeError } from '../errors.js';
import { convTranspose2d } from '../ops/conv-transpose2d.js';
import { checkGradients } from '../testing/finite-difference.js';
import { randomStream } from '../tensor/random-stream.js';
import { ConvTranspose2d, type ConvTranspose2dLayerOptions } from './conv-transpose2d.js';
import {
  expectSameAsTorch,
  loadParameters,
  readFixture,
  type FixtureCase,
} from '../ops/torch-fixtures.test-support.js';

const cases = readFixture('conv-transpose2d') as FixtureCase<ConvTranspose2dLayerOptions>[];

test.each(cases)('equals PyTorch: $name', (expected) => {
  const conv = new ConvTranspose2d(expected.options);
  loadParameters(conv, expected.parameters);
  expectSameAsTorch(conv, (x) => conv.forward(x), expected);
  const [, height, width] = expected.x.shape as [number, number, number];
  const [, outHeight, outWidth] = expected.y.shape as [number, number, number];
  expect(conv.outputSize({ height, width })).toEqual({ height: outHeight, width: outWidth });
  conv.dispose();
});

test.each([
  { kernelSize: 2, stride: 2 },
  { kernelSize: 3, stride: 2, padding: 1, outputPadding: 1 },
  { kernelSize: 4, stride: 2, padding: 1 },
])('gradients agree with finite differences: %o', (options) => {
  const conv = new ConvTranspose2d({ inChannels: 3, outChannels: 2, ...options });
  conv.initialize(randomStream(0));
  const x = tf.randomNormal([1, 3, 4, 3], 0, 1, 'float32', 1);
  const variables = [...conv.namedParameters()].map(([, { value }]) => value);
  checkGradients((input) => conv.forward(input as tf.Tensor4D), [x], { variables });
  conv.dispose();
});

// X = K = [[0,1],[2,3]]. Every pixel of X lays X[i,j] * K on the output at (stride * i, stride * j).
const hand = tf.tensor4d([0, 1, 2, 3], [1, 2, 2, 1]);
const kernel = tf.tensor4d([0, 1, 2, 3], [2, 2, 1, 1]);

test('by hand: the patches of neighbouring pixels add up where they overlap', () => {
  // 1 * K at column 1: [. 0 1; . 2 3]; 2 * K at row 1: [0 2; 4 6]; 3 * K at (1, 1): [0 3; 6 9].
  // Row 0: 0, 0, 1. Row 1: 0, 2 + 2 + 0, 3 + 3. Row 2: 4, 6 + 6, 9.
  const y = convTranspose2d(hand, kernel);
  expect(y.shape).toEqual([1, 3, 3, 1]);
  expect(y.dataSync()).toBeAllClose([0, 0, 1, 0, 4, 6, 4, 12, 9]);
});

test('by hand: padding 1 cuts the frame off', () => {
  const y = convTranspose2d(hand, kernel, { padding: 1 });
  expect(y.shape).toEqual([1, 1, 1, 1]);
  expect(y.dataSync()).toBeAllClose([4]);
});

test('by hand: with stride 2 the patches lie side by side', () => {
  const y = convTranspose2d(hand, kernel, { stride: 2 });
  expect(y.shape).toEqual([1, 4, 4, 1]);
  expect(y.dataSync()).toBeAllClose([0, 0, 0, 1, 0, 0, 2, 3, 0, 2, 0, 3, 4, 6, 6, 9]);
});

test('counts its multiplications by the pixels that it spreads', () => {
  // 4x5 maps become 8x10; each of the 20 pixels has 3 channels, spread over 2x2 pixels of 7 channels.
  const conv = new ConvTranspose2d({ inChannels: 3, outChannels: 7, kernelSize: 2, stride: 2 });
  expect(conv.outputSize({ height: 4, width: 5 })).toEqual({ height: 8, width: 10 });
  expect(conv.macs({ height: 8, width: 10 })).toBe(4 * 5 * 3 * 2 * 2 * 7);
});

test('names a wrong channel count', () => {
  const conv = new ConvTranspose2d({ inChannels: 16, outChannels: 2, kernelSize: 2, stride: 2 });
  conv.initialize(randomStream(0));
  const forward = () => conv.forward(tf.zeros<tf.Rank.R4>([1, 4, 4, 3]));
  expect(forward).toThrow(ShapeError);
  expect(forward).toThrow('convTranspose2d: input must be ?x?x?x16, received 1x4x4x3');
  conv.dispose();
});

test('names padding that leaves nothing', () => {
  const conv = new ConvTranspose2d({
    inChannels: 1,
    outChannels: 1,
    kernelSize: 2,
    stride: 2,
    padding: 1,
  });
  // (1 - 1) * 2 - 2 + 2 = 0 rows.
  expect(() => conv.outputSize({ height: 1, width: 4 })).toThrow(
    'convTranspose2d: padding must leave at least 1x1, but padding 1 leaves nothing of a map of 1x4',
  );
});
