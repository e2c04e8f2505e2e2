import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
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

/** Places, some of them twice. */
const places = tensorOf([2, 0, 2, 1, 0, 2], [6, 1], 'int32');

it('ScatterNd adds what comes to the same place', () => {
  for (const make of [reals, integers]) {
    expectSameAsCpu('ScatterNd', { indices: places, updates: make([6]) }, { shape: [4] });
    expectSameAsCpu('ScatterNd', { indices: places, updates: make([6, 3]) }, { shape: [4, 3] });
  }
  const indices = tensorOf([2, 0, 0, 1, 1, 2], [3, 2], 'int32');
  expectSameAsCpu('ScatterNd', { indices, updates: reals([3, 5]) }, { shape: [3, 4, 5] });
});

it('ScatterNd with several threads adds up many updates of few places', () => {
  const indices = integers([20_000, 1], 0, 7);
  expectSameAsCpu('ScatterNd', { indices, updates: integers([20_000]) }, { shape: [7] });
});

it('TensorScatterUpdate', () => {
  const indices = tensorOf([3, 0, 2], [3, 1], 'int32');
  for (const make of [reals, integers, booleans]) {
    expectSameAsCpu('TensorScatterUpdate', { tensor: make([5]), indices, updates: make([3]) });
    const rows = { tensor: make([5, 2]), indices, updates: make([3, 2]) };
    expectSameAsCpu('TensorScatterUpdate', rows);
  }
});

it('SparseToDense', () => {
  const sparseIndices = tensorOf([3, 0, 2], [3], 'int32');
  const pairs = tensorOf([1, 2, 0, 0, 3, 1], [3, 2], 'int32');
  const defaultValue = tensorOf([-7], []);
  const values = { sparseValues: reals([3]), defaultValue };
  expectSameAsCpu('SparseToDense', { sparseIndices, ...values }, { outputShape: [5] });
  expectSameAsCpu('SparseToDense', { sparseIndices: pairs, ...values }, { outputShape: [4, 3] });
  const one = { sparseIndices: pairs, sparseValues: tensorOf([5], []), defaultValue };
  expectSameAsCpu('SparseToDense', one, { outputShape: [4, 3] });
});

it('UnsortedSegmentSum drops segments that do not exist', () => {
  const segmentIds = tensorOf([2, 0, 2, -1, 0, 9, 4], [7], 'int32');
  expectSameAsCpu('UnsortedSegmentSum', { x: reals([7]), segmentIds }, { numSegments: 4 });
  expectSameAsCpu('UnsortedSegmentSum', { x: reals([7, 3]), segmentIds }, { numSegments: 5 });
});

it('Diag', () => {
  expectSameAsCpu('Diag', { x: tensorOf([1, NaN, Infinity]) });
  expectSameAsCpu('Diag', { x: integers([2, 3]) });
  expectSameAsCpu('Diag', { x: booleans([4]) });
});

it('refuses places out of range', () => {
  tf.tidy(() => {
    const scatter = (index: tf.Tensor1D): tf.Tensor =>
      tf.scatterND(tf.reshape(index, [1, 1]), tf.ones([1]), [3]);
    for (const index of [3, -1]) {
      const known = tf.tensor1d([index], 'int32');
      expect(() => scatter(known)).toThrow('Invalid indices');
      expect(() => scatter(tf.add(known, tf.scalar(0, 'int32'))).dataSync()).toThrow('ScatterNd');
    }
  });
});
