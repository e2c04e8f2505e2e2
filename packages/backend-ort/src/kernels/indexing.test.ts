import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  blockedChannels,
  booleans,
  expectSameAsCpu,
  integers,
  reals,
  startBackends,
  stopBackends,
  tensorOf,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

it.each([
  [[7], [3], 0, 0],
  [[7], [], 0, 0],
  [[3, 5], [2, 4], 1, 0],
  [[2, 3, 5, c], [4], 1, 0],
  [[2, 3, 5, c], [4], 2, 0],
  [[2, 3, 5, c], [4], 3, 0],
  [[2, 3, 5, 3], [4], 1, 0],
  [[2, 5], [2, 3], 1, 1],
  [[2, 5, 4], [2, 3], 1, 1],
  [[2, 3, 5, 4], [2, 6], 2, 1],
  [[2, 3, 5], [2, 3, 2], 2, 2],
  [[2, 5], [2, 3], 1, -1],
] as [number[], number[], number, number][])(
  'GatherV2 of [%s] at [%s] along %i, %i axes of batches',
  (shape, indexShape, axis, batchDims) => {
    const indices = integers(indexShape, 0, shape[axis]);
    expectSameAsCpu('GatherV2', { x: reals(shape), indices }, { axis, batchDims });
    expectSameAsCpu('GatherV2', { x: integers(shape), indices }, { axis, batchDims });
    expectSameAsCpu('GatherV2', { x: booleans(shape), indices }, { axis, batchDims });
  },
);

it.each([
  [[7], [3, 1]],
  [
    [3, 5],
    [4, 2],
  ],
  [
    [3, 5],
    [2, 2, 1],
  ],
  [
    [2, 3, 5, c],
    [4, 2],
  ],
])('GatherNd of [%s] at [%s]', (shape, indexShape) => {
  const indices = integers(indexShape, 0, Math.min(...shape));
  expectSameAsCpu('GatherNd', { params: reals(shape), indices });
  expectSameAsCpu('GatherNd', { params: integers(shape), indices });
});

it('refuses places out of range, known or computed', () => {
  const at = (index: number): tf.Tensor1D => tf.tensor1d([index], 'int32');
  tf.tidy(() => {
    const x = tf.ones([3, 4]);
    const zero = tf.scalar(0, 'int32');
    for (const index of [3, -1]) {
      expect(() => tf.gather(x, at(index))).toThrow(
        `GatherV2: the index value ${index} is not in [0, 2]`,
      );
      expect(() => tf.gatherND(x, tf.reshape(at(index), [1, 1]))).toThrow('Invalid indices');
      const computed = tf.add(at(index), zero);
      expect(() => tf.gather(x, computed).dataSync()).toThrow('GatherV2');
      expect(() => tf.gatherND(x, tf.reshape(computed, [1, 1])).dataSync()).toThrow('GatherNd');
    }
    const batches = tf.tensor2d([0, 3], [2, 1], 'int32');
    expect(() => tf.gather(tf.ones([2, 3]), batches, 1, 1)).toThrow('is not in [0, 2]');
    const later = tf.add(batches, zero);
    expect(() => tf.gather(tf.ones([2, 3]), later, 1, 1).dataSync()).toThrow('GatherV2');
  });
});

it.each([[[5]], [[2, 3]], [[2, 3, 4]]])('OneHot of [%s]', (shape) => {
  const indices = integers(shape, -1, 4);
  for (const dtype of ['float32', 'int32', 'bool']) {
    expectSameAsCpu('OneHot', { indices }, { depth: 3, onValue: 1, offValue: 0, dtype });
  }
  const numbers = { depth: 3, onValue: 2.5, offValue: -1, dtype: 'float32' };
  expectSameAsCpu('OneHot', { indices }, numbers);
});

it.each([
  [[7], 3],
  [[3, 5], 5],
  [[2, 3, 5, c], 4],
  [[2, 3, 5, 3], 1],
] as [number[], number][])('TopK of [%s], the first %i', (shape, k) => {
  expectSameAsCpu('TopK', { x: reals(shape) }, { k, sorted: true });
  expectSameAsCpu('TopK', { x: integers(shape) }, { k, sorted: true });
});

it('TopK takes the first of equals first', () => {
  expectSameAsCpu(
    'TopK',
    { x: tensorOf([1, 3, 2, 3, 3, -Infinity, Infinity]) },
    { k: 5, sorted: true },
  );
});
