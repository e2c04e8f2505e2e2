import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  blockedChannels,
  booleans,
  expectSameAsCpu,
  integers,
  reals,
  startBackends,
  stopBackends,
  tensorOf,
  type TestTensor,
} from './compare-with-cpu.test-support.js';
import { arithmeticRecorders } from './arithmetic.js';

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

const kernels = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'];

describe.each(kernels)('%s', (kernel) => {
  it.each(shapes)('of real numbers [%s] and [%s]', (a, b) => {
    expectSameAsCpu(kernel, { a: reals(a), b: reals(b, 0.5, 2) });
  });

  it('of integers', () => {
    expectSameAsCpu(kernel, { a: integers([3, 5]), b: integers([5], 1, 5) });
    expectSameAsCpu(kernel, { a: integers([2, 3, 5, c]), b: integers([2, 3, 5, c], 1, 5) });
  });
});

const specials = [NaN, Infinity, -Infinity, -0, 0, 1, -1, 2.5, -2.5, 3e38, 1e-40];

/** Every number beside every other. */
export function pairsOf(numbers: readonly number[], dtype: TestTensor['dtype'] = 'float32') {
  return {
    a: tensorOf(
      numbers.flatMap((x) => numbers.map(() => x)),
      undefined,
      dtype,
    ),
    b: tensorOf(
      numbers.flatMap(() => numbers),
      undefined,
      dtype,
    ),
  };
}

it.each(['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum'])(
  '%s of NaN, infinities, zeros and subnormal numbers',
  (kernel) => {
    expectSameAsCpu(kernel, pairsOf(specials));
  },
);

it.each(['Add', 'Sub', 'Multiply'])('%s of integers overflows as in JavaScript', (kernel) => {
  expectSameAsCpu(kernel, pairsOf([0, 1, -1, 7, 65536, 2 ** 31 - 1, -(2 ** 31)], 'int32'));
});

it('divides integers by 0', () => {
  expectSameAsCpu('RealDiv', pairsOf([0, 1, -1, 7, -7, 2 ** 31 - 1, -(2 ** 31)], 'int32'));
});

it('takes the bits that integers have in common', () => {
  expectSameAsCpu('BitwiseAnd', { a: integers([4, 5]), b: integers([5]) });
});

it.each([1, 2, 5])('adds %i tensors', (count) => {
  const reallyMany = Array.from({ length: count }, () => reals([2, 3, 5, c]));
  expectSameAsCpu('AddN', reallyMany);
  expectSameAsCpu(
    'AddN',
    reallyMany.map(() => integers([4])),
  );
});

it('refuses shapes that do not broadcast', () => {
  const [a, b] = [reals([2, 3]), reals([2, 4])].map(({ shape }) => ({
    shape: [...shape],
    dtype: 'float32' as const,
    dataId: {},
  }));
  expect(() => arithmeticRecorders['Add']?.({ a, b }, {})).toThrow(
    'Operands could not be broadcast together with shapes 2,3 and 2,4.',
  );
});

it('leaves booleans to tfjs-backend-cpu', () => {
  const [a, b] = [booleans([2]), booleans([2])].map(({ shape }) => ({
    shape: [...shape],
    dtype: 'bool' as const,
    dataId: {},
  }));
  expect(arithmeticRecorders['Add']?.({ a, b }, {})).toBeNull();
});
