import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { constantRecorders } from './constants.js';
import {
  booleans,
  expectSameAsCpu,
  integers,
  reals,
  startBackends,
  stopBackends,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

it.each(['ZerosLike', 'OnesLike'])('%s', (kernel) => {
  for (const make of [reals, integers, booleans]) expectSameAsCpu(kernel, { x: make([2, 3]) });
});

it.each([0, 1, -2.5, 0.1, 1000, NaN, Infinity, -Infinity])('Fill with %d', (value) => {
  expectSameAsCpu('Fill', {}, { shape: [2, 3], value, dtype: 'float32' });
  expectSameAsCpu('Fill', {}, { shape: [], value, dtype: 'int32' });
});

it('does not make another graph for every number', () => {
  const attributes = { shape: [2], value: 0.125, dtype: 'float32' };
  expect(constantRecorders['Fill']?.({}, attributes)).toBeNull();
});

it('folds what is known into numbers', () => {
  tf.tidy(() => {
    const x = tf.add(tf.mul(tf.ones([2, 2]), 3), tf.zeros([2, 2]));
    expect(tf.sum(x).dataSync()).toEqual(Float32Array.of(12));
    expect(tf.cast(tf.slice(x, [0, 1], [1, 1]), 'int32').dataSync()).toEqual(Int32Array.of(3));
    expect(tf.max(tf.transpose(x), 0).dataSync()).toEqual(Float32Array.of(3, 3));
    expect(tf.prod(tf.fill([3], 16)).dataSync()).toEqual(Float32Array.of(4096));
  });
});
