import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { arithmeticRecorders } from './arithmetic.js';
import {
  blockedChannels,
  booleans,
  expectSameAsCpu,
  infosOf,
  integers,
  pairsOf,
  reals,
  specialIntegers,
  specialReals,
  startBackends,
  stopBackends,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

/** Pairs of shapes that broadcast: numbers, vectors, maps in blocks beside numbers per pixel, channel and image. */
const shapes: [number[], number[]][] = [
  [[], []],
  [[1], [7]],
  [
    [3, 5],
    [3, 5],
  ],
  [[3, 5], [5]],
  [[], [3, 5]],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [
    [2, 3, 5, 3],
    [2, 3, 5, 3],
  ],
  [
    [2, 3, 5, c],
    [2, 3, 5, c],
  ],
  [[2, 3, 5, c], []],
  [[2, 3, 5, c], [c]],
  [[c], [2, 3, 5, c]],
  [
    [2, 3, 5, c],
    [2, 1, 1, c],
  ],
  [
    [2, 3, 5, c],
    [2, 3, 5, 1],
  ],
  [
    [2, 3, 5, c],
    [1, 3, 5, 1],
  ],
  [
    [2, 3, 5, c],
    [1, 3, 5, c],
  ],
  [
    [2, 3, 5, c],
    [5, c],
  ],
  [
    [2, 3, 5, c],
    [2, 1, 5, 1],
  ],
];

it.each(shapes)('subtracts real numbers [%s] and [%s]', (a, b) => {
  expectSameAsCpu('Sub', { a: reals(a), b: reals(b) });
});

const kernels = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'];

describe.each(kernels)('%s', (kernel) => {
  it('of real numbers', () => {
    expectSameAsCpu(kernel, { a: reals([2, 3, 5, c]), b: reals([c], 0.5, 2) });
    expectSameAsCpu(kernel, { a: reals([4, 1, 3]), b: reals([2, 1], 0.5, 2) });
  });

  it('of integers', () => {
    expectSameAsCpu(kernel, { a: integers([3, 5]), b: integers([5], 1, 5) });
  });
});

it.each(['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum'])(
  '%s of NaN, infinities, zeros and subnormal numbers',
  (kernel) => {
    expectSameAsCpu(kernel, pairsOf(specialReals));
  },
);

it('lets sums of integers overflow as JavaScript does', () => {
  expectSameAsCpu('Add', pairsOf(specialIntegers, 'int32'));
  expectSameAsCpu('Sub', pairsOf(specialIntegers, 'int32'));
});

it('lets products of integers overflow as JavaScript does, as far as its numbers have the digits', () => {
  expectSameAsCpu('Multiply', pairsOf([0, 1, -1, 65536, -65536, 2 ** 20 + 1, -(2 ** 31)], 'int32'));
});

it('divides integers by 0', () => {
  expectSameAsCpu('RealDiv', pairsOf(specialIntegers, 'int32'));
});

it('takes the bits that integers have in common', () => {
  expectSameAsCpu('BitwiseAnd', { a: integers([4, 5]), b: integers([5]) });
});

it.each([1, 2, 5])('adds %i tensors', (count) => {
  const copies = <T>(make: () => T): T[] => Array.from({ length: count }, make);
  expectSameAsCpu(
    'AddN',
    copies(() => reals([2, 3, 5, c])),
  );
  expectSameAsCpu(
    'AddN',
    copies(() => integers([4])),
  );
});

it('refuses shapes that do not broadcast', () => {
  const [a, b] = infosOf(reals([2, 3]), reals([2, 4]));
  expect(() => arithmeticRecorders['Add']?.({ a, b }, {})).toThrow(
    'Operands could not be broadcast together with shapes 2,3 and 2,4.',
  );
});

it('leaves booleans and mixed dtypes to tfjs-backend-cpu', () => {
  const [bool, real, whole] = infosOf(booleans([2]), reals([2]), integers([2]));
  const record = (a: unknown, b: unknown): unknown =>
    arithmeticRecorders['Add']?.({ a, b } as tf.NamedTensorInfoMap, {});
  expect(record(bool, bool)).toBeNull();
  expect(record(real, whole)).toBeNull();
});
