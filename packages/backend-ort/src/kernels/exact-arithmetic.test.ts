import { afterAll, beforeAll, it } from 'vitest';

import {
  blockedChannels,
  expectSameAsCpu,
  integers,
  pairsOf,
  reals,
  specialIntegers,
  specialReals,
  startBackends,
  stopBackends,
  tensorOf,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

it.each(['FloorDiv', 'Mod', 'Pow'])('%s of real numbers', (kernel) => {
  expectSameAsCpu(kernel, { a: reals([3, 5], 0.1, 4), b: reals([5], -2, 2) });
  expectSameAsCpu(kernel, { a: reals([2, 3, 5, c], 0.1, 4), b: reals([2, 3, 5, c], 0.5, 2) });
});

it.each(['FloorDiv', 'Mod', 'Pow'])('%s of NaN, infinities, zeros and other signs', (kernel) => {
  expectSameAsCpu(kernel, pairsOf(specialReals));
});

it.each(['FloorDiv', 'Mod'])('%s of integers, also by 0', (kernel) => {
  expectSameAsCpu(kernel, { a: integers([3, 5]), b: integers([5]) });
  expectSameAsCpu(kernel, pairsOf(specialIntegers, 'int32'));
});

it('raises integers, truncating what is none and dropping what overflows', () => {
  expectSameAsCpu('Pow', pairsOf([0, 1, -1, 2, -2, 3, 7, -5], 'int32'));
  expectSameAsCpu('Pow', {
    a: tensorOf([2, 2, 3, 10], [4], 'int32'),
    b: tensorOf([31, 33, 21, 10], [4], 'int32'),
  });
});

it('keeps remainders that float32 would round to the divisor', () => {
  expectSameAsCpu('Mod', { a: tensorOf([-1e-9, 1e-9, -3]), b: tensorOf([1, -1, 1]) });
});

it('raises to a power that is a constant of the graph', () => {
  for (const exponent of [2, 0.5, -1, 0]) {
    expectSameAsCpu('Pow', { a: reals([40], 0.1, 4), b: tensorOf([exponent], []) });
  }
});

it('takes the tangent of angles next to a pole', () => {
  expectSameAsCpu('Tan', { x: reals([70], -10, 10) });
  expectSameAsCpu('Tan', { x: tensorOf([Math.PI / 2, 11, 4097 * Math.PI * 0.5, NaN, Infinity]) });
});

it('takes the exponential less 1 with all digits of small numbers', () => {
  expectSameAsCpu('Expm1', { x: reals([70], -5, 5) }, {}, { atol: 0 });
  expectSameAsCpu(
    'Expm1',
    { x: tensorOf([1e-3, -1e-5, 1e-7, 1e-8, -1e-20, 0, -0, 90]) },
    {},
    { atol: 0 },
  );
  expectSameAsCpu('Expm1', { x: tensorOf([NaN, Infinity, -Infinity]) });
});
