import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  blockedChannels,
  expectSameAsCpu,
  integers,
  reals,
  startBackends,
  stopBackends,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

it.each([
  [[7], [2], [3]],
  [
    [3, 5],
    [1, 0],
    [2, -1],
  ],
  [
    [3, 5],
    [0, 0],
    [3, 5],
  ],
  [
    [2, 4, 5, c],
    [0, 1, 2, 0],
    [2, 2, 3, c],
  ],
  [
    [2, 4, 5, 2 * c],
    [1, 0, 0, c],
    [1, 4, 5, c],
  ],
  [
    [2, 4, 5, c],
    [0, 0, 0, 3],
    [2, 4, 5, 8],
  ],
  [
    [2, 4, 5, 3],
    [0, 1, 0, 1],
    [2, 3, 5, 2],
  ],
])('Slice of [%s] from [%s], [%s] long', (shape, begin, size) => {
  expectSameAsCpu('Slice', { x: reals(shape) }, { begin, size });
  expectSameAsCpu('Slice', { x: integers(shape) }, { begin, size });
});

const noMasks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };

it.each([
  [[10], { begin: [1], end: [8], strides: [3] }],
  [[10], { begin: [8], end: [1], strides: [-3] }],
  [[10], { begin: [9], end: [0], strides: [-1], endMask: 1 }],
  [[3, 5], { begin: [0, 4], end: [3, 0], strides: [2, -2] }],
  [[3, 5], { begin: [1, 0], end: [2, 5], strides: [1, 1], shrinkAxisMask: 1 }],
  [[3, 5], { begin: [0, 1], end: [0, 4], strides: [1, 1], newAxisMask: 1 }],
  [[2, 3, 4], { begin: [0, 1], end: [0, 3], strides: [1, 2], ellipsisMask: 1 }],
  [[2, 5, 6, c], { begin: [0, 0, 1, 0], end: [2, 5, 6, c], strides: [1, 2, 2, 1] }],
  [[2, 5, 6, c], { begin: [0, 4, 0, 0], end: [2, 0, 6, c], strides: [1, -2, 1, 3] }],
])('StridedSlice of [%s] by %o', (shape, ranges) => {
  expectSameAsCpu('StridedSlice', { x: reals(shape) }, { ...noMasks, ...ranges });
});

it.each([
  [[1], 0],
  [[3], 0],
  [[2, 3], 1],
  [[2, 3], -2],
  [[2, 3, 5, c], 0],
  [[2, 3, 5, c], 3],
  [[20, 2], 0],
] as [number[], number][])('Unpack of [%s] along %i', (shape, axis) => {
  expectSameAsCpu('Unpack', { value: reals(shape) }, { axis });
});

it.each([
  [[7], [3, 4], 0],
  [[6, 2], 3, 0],
  [[2, 1], 1, 1],
  [[2, 3, 5, 3 * c], [c, 2 * c], 3],
  [[2, 3, 5, c], [5, 11], 3],
  [[2, 4, 5, c], 2, 1],
  [[2, 3, 5, 3], [1, 2], 3],
] as [number[], number | number[], number][])(
  'SplitV of [%s] into %s along %i',
  (shape, numOrSizeSplits, axis) => {
    expectSameAsCpu('SplitV', { x: reals(shape) }, { numOrSizeSplits, axis });
  },
);

it.each([
  [[7], [0]],
  [
    [3, 5],
    [0, 1],
  ],
  [[3, 5], [-1]],
  [
    [2, 3, 5, c],
    [1, 2],
  ],
  [[2, 3, 5, c], [3]],
  [[2, 3, 5, 3], [2]],
])('Reverse of [%s] along [%s]', (shape, dims) => {
  expectSameAsCpu('Reverse', { x: reals(shape) }, { dims });
});

it('FlipLeftRight', () => {
  expectSameAsCpu('FlipLeftRight', { image: reals([2, 3, 5, c]) });
});

it('tells the outputs of one kernel from those of the next', () => {
  tf.tidy(() => {
    const x = tf.range(0, 20);
    const sum = (
      choose: (parts: tf.Tensor[], next: tf.Tensor) => tf.Tensor | undefined,
    ): number => {
      const parts = tf.unstack(tf.add(x, 0.25));
      const next = tf.sub(parts[0] ?? x, 100);
      return tf.add(tf.mul(choose(parts, next) ?? x, 3), next).dataSync()[0] ?? 0;
    };
    expect(sum((parts) => parts[16])).toBe(3 * 16.25 - 99.75);
    expect(sum((_, next) => next)).toBe(3 * -99.75 - 99.75);
  });
});

it('gives a list even of one part', () => {
  tf.tidy(() => {
    expect(tf.split(tf.ones([2, 2]), 1)).toHaveLength(1);
    expect(tf.unstack(tf.ones([1, 2]))).toHaveLength(1);
  });
});
