import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { expectSameAsCpu, startBackends, stopBackends } from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const integers = (shape: number[]) => ({
  shape,
  integers: Int32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => i - 5),
});

test.each([
  [
    [1, 1, 1, 5],
    [2, 3, 4, 1],
  ],
  [
    [2, 3],
    [1, 4],
  ],
  [[4], [3]],
  [
    [1, 70],
    [3, 1],
  ],
])('tile of %j by %j', (x, reps) => {
  expectSameAsCpu('Tile', { x }, { reps });
  expectSameAsCpu('Tile', { x: integers(x) }, { reps });
});

test.each([
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 3, 4, 5, 6],
    [0, 3, 1, 4, 2],
  ],
  [
    [2, 3, 2, 3, 2, 5],
    [2, 4, 0, 1, 3, 5],
  ],
])('transpose of %j by %j', (x, perm) => {
  expectSameAsCpu('Transpose', { x }, { perm });
});

test('slices, also with negative sizes for the rest', () => {
  expectSameAsCpu('Slice', { x: [2, 6, 7, 8] }, { begin: [0, 1, 2, 0], size: [2, 4, 3, 8] });
  expectSameAsCpu('Slice', { x: [2, 6, 7, 8] }, { begin: [1, 0, 0, 3], size: [-1, 6, 7, 2] });
  expectSameAsCpu('Slice', { x: integers([9]) }, { begin: [2], size: [5] });
  expectSameAsCpu('Slice', { x: [4, 3] }, { begin: [0, 0], size: [0, 3] });
});

test('splits by count, by sizes and by sizes with a rest', () => {
  for (const numOrSizeSplits of [2, [4, 2], [1, -1]]) {
    expectSameAsCpu('SplitV', { x: [2, 3, 6] }, { numOrSizeSplits, axis: -1 });
    expectSameAsCpu('SplitV', { x: [6, 2] }, { numOrSizeSplits, axis: 0 });
  }
});

test('concatenation along every axis, with empty parts', () => {
  expectSameAsCpu('Concat', { 0: [2, 3, 4, 5], 1: [2, 3, 4, 60] }, { axis: 3 });
  expectSameAsCpu('Concat', { 0: [2, 3, 5], 1: [2, 1, 5], 2: [2, 0, 5] }, { axis: 1 });
  expectSameAsCpu('Concat', { 0: integers([3]), 1: integers([2]) }, { axis: 0 });
  expectSameAsCpu('Concat', { 0: [0, 3], 1: [0, 3] }, { axis: 0 });
});

test('space moves to the batch and back, with padding and cropping', () => {
  const padded = {
    blockShape: [2, 3],
    paddings: [
      [1, 0],
      [1, 2],
    ],
  };
  expectSameAsCpu('SpaceToBatchND', { x: [2, 5, 6, 3] }, padded);
  expectSameAsCpu('SpaceToBatchND', { x: [1, 4, 2] }, { blockShape: [2], paddings: [[0, 0]] });
  const cropped = {
    blockShape: [2, 3],
    crops: [
      [1, 0],
      [1, 2],
    ],
  };
  expectSameAsCpu('BatchToSpaceND', { x: [12, 3, 3, 3] }, cropped);
  expectSameAsCpu(
    'BatchToSpaceND',
    { x: [4, 3, 2, 1] },
    {
      blockShape: [2, 2],
      crops: [
        [0, 0],
        [0, 0],
      ],
    },
  );
});

test('booleans, which take one byte, stay with the stock kernels', () => {
  tf.tidy(() => {
    const mask = tf.tensor2d([true, false, false, true], [2, 2], 'bool');
    expect([...tf.tile(mask, [1, 2]).dataSync()]).toEqual([1, 0, 1, 0, 0, 1, 0, 1]);
    expect([...tf.concat([mask, mask], 1).dataSync()]).toEqual([1, 0, 1, 0, 0, 1, 0, 1]);
    expect([...tf.slice(mask, [1, 0], [1, 2]).dataSync()]).toEqual([0, 1]);
    expect([...(tf.split(mask, 2, 1)[1]?.dataSync() ?? [])]).toEqual([0, 1]);
  });
});
