import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import { ConfigError, ShapeError } from '../errors.js';
import type { MaxPool2dOptions } from '../ops/max-pool2d.js';
import { checkGradients } from '../testing/finite-difference.js';
import {
  expectSameAsTorch,
  readFixture,
  type FixtureCase,
} from '../ops/torch-fixtures.test-support.js';
import { MaxPool2d } from './max-pool2d.js';

const cases = readFixture('max-pool2d') as FixtureCase<MaxPool2dOptions>[];

test.each(cases)('equals PyTorch on negative maps: $name', (expected) => {
  const pool = new MaxPool2d(expected.options);
  expectSameAsTorch(pool, (x) => pool.forward(x), expected);
  const [, height, width] = expected.x.shape as [number, number, number];
  const [, outHeight, outWidth] = expected.y.shape as [number, number, number];
  expect(pool.outputSize({ height, width })).toEqual({ height: outHeight, width: outWidth });
});

test('gradients agree with finite differences', () => {
  const pool = new MaxPool2d({ kernelSize: 3, stride: 2, padding: 1 });
  // Distinct numbers 0.05 apart in a scattered order: moving one by 0.01 changes no maximum.
  const values = Array.from({ length: 25 }, (_, i) => ((i * 7) % 25) / 20 - 1);
  checkGradients((x) => pool.forward(x as tf.Tensor4D), [tf.tensor4d(values, [1, 5, 5, 1])], {
    samples: 25,
  });
});

test('the stride is the kernel size unless given', () => {
  expect(new MaxPool2d({ kernelSize: 3 }).outputSize({ height: 7, width: 9 })).toEqual({
    height: 2,
    width: 3,
  });
});

test('names a map that is smaller than the window', () => {
  const pool = new MaxPool2d({ kernelSize: 2 });
  expect(() => pool.forward(tf.zeros<tf.Rank.R4>([1, 1, 4, 2]))).toThrow(ShapeError);
  expect(() => pool.outputSize({ height: 1, width: 4 })).toThrow(
    'maxPool2d: map must be at least 2x2 for a kernel of 2x2 (dilation 1, padding 0), received 1x4',
  );
});

test('refuses padding of more than half the window', () => {
  expect(() => new MaxPool2d({ kernelSize: 2, padding: 2 })).toThrow(ConfigError);
  expect(() => new MaxPool2d({ kernelSize: 2, padding: 2 })).toThrow(
    'maxPool2d: padding must be at most half of kernelSize 2, received 2',
  );
});
