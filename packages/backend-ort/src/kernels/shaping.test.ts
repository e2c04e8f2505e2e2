import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  blockedChannels,
  booleans,
  expectSameAsCpu,
  infosOf,
  integers,
  reals,
  startBackends,
  stopBackends,
} from './compare-with-cpu.test-support.js';
import { shapingRecorders } from './shaping.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

it.each([
  [
    [3, 5],
    [1, 0],
  ],
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 3, 5, 3],
    [0, 3, 1, 2],
  ],
  [
    [2, 3, 5, c],
    [0, 3, 1, 2],
  ],
  [
    [2, 3, 5, c],
    [0, 2, 1, 3],
  ],
  [
    [2, 3, 5, c],
    [3, 2, 1, 0],
  ],
])('Transpose of [%s] by [%s]', (shape, perm) => {
  expectSameAsCpu('Transpose', { x: reals(shape) }, { perm });
});

it.each([
  [[3], [4], 0],
  [[2, 3], [2, 1], 1],
  [[2, 3], [1, 3], 0],
  [[2, 3, 5, c], [2, 3, 5, c], 3],
  [[2, 3, 5, c], [2, 3, 5, 2 * c], 3],
  [[2, 3, 5, c], [2, 3, 5, 3], -1],
  [[2, 3, 5, c], [2, 1, 5, c], 1],
  [[2, 3, 5, c], [2, 3, 2, c], 2],
  [[2, 3, 5, c], [1, 3, 5, c], 0],
  [[2, 3, 5, 3], [2, 3, 2, 3], 2],
] as [number[], number[], number][])('Concat of [%s] and [%s] along %i', (a, b, axis) => {
  expectSameAsCpu('Concat', [reals(a), reals(b)], { axis });
});

it('Concat of one, of many, of integers and booleans', () => {
  expectSameAsCpu('Concat', [reals([2, 3])], { axis: 0 });
  expectSameAsCpu('Concat', [reals([2]), reals([1]), reals([3])], { axis: 0 });
  expectSameAsCpu('Concat', [integers([2]), integers([3])], { axis: 0 });
  expectSameAsCpu('Concat', [booleans([2]), booleans([3])], { axis: 0 });
});

it.each([
  [[], 0],
  [[3], 0],
  [[2, 3], 1],
  [[2, 3], -1],
  [[2, 3, 5, c], 4],
  [[2, 3, 5, c], 0],
] as [number[], number][])('Pack of [%s] along %i', (shape, axis) => {
  expectSameAsCpu('Pack', [reals(shape), reals(shape)], { axis });
});

it.each([
  [[3], [2]],
  [[1], [4]],
  [
    [2, 3],
    [2, 1],
  ],
  [
    [1, 3],
    [5, 1],
  ],
  [
    [2, 3, 5, c],
    [1, 2, 1, 1],
  ],
  [
    [2, 3, 5, c],
    [2, 1, 3, 2],
  ],
  [
    [2, 1, 1, c],
    [1, 3, 5, 1],
  ],
])('Tile of [%s] by [%s]', (shape, reps) => {
  expectSameAsCpu('Tile', { x: reals(shape) }, { reps });
  expectSameAsCpu('Tile', { x: integers(shape) }, { reps });
});

it('refuses parts that do not fit together', () => {
  const parts = infosOf(reals([2, 3]), reals([3, 3])) as unknown as tf.NamedTensorInfoMap;
  expect(() => shapingRecorders['Concat']?.(parts, { axis: 1 })).toThrow('Shape of tensors[1]');
  expect(() => shapingRecorders['Pack']?.(parts, { axis: 0 })).toThrow('must have matching shapes');
  const mixed = infosOf(reals([2]), integers([2])) as unknown as tf.NamedTensorInfoMap;
  expect(() => shapingRecorders['Pack']?.(mixed, { axis: 0 })).toThrow('must have matching dtypes');
});
