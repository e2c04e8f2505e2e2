import { afterAll, beforeAll, it } from 'vitest';

import {
  blockedChannels,
  expectSameAsCpu,
  integers,
  reals,
  specialReals,
  startBackends,
  stopBackends,
  tensorOf,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

const kernels: [kernel: string, low: number, high: number][] = [
  ['Abs', -3, 3],
  ['Acos', -1, 1],
  ['Acosh', 1, 5],
  ['Asin', -1, 1],
  ['Asinh', -3, 3],
  ['Atan', -3, 3],
  ['Atanh', -1, 1],
  ['Ceil', -3, 3],
  ['Cos', -9, 9],
  ['Cosh', -3, 3],
  ['Exp', -9, 9],
  ['Floor', -3, 3],
  ['Log', 0.01, 9],
  ['Log1p', -0.9, 9],
  ['Neg', -3, 3],
  ['Reciprocal', 0.1, 3],
  ['Round', -3, 3],
  ['Rsqrt', 0.1, 3],
  ['Sign', -3, 3],
  ['Sin', -9, 9],
  ['Sinh', -3, 3],
  ['Sqrt', 0, 3],
  ['Square', -3, 3],
  ['Tanh', -3, 3],
];

it.each(kernels)('%s', (kernel, low, high) => {
  expectSameAsCpu(kernel, { x: reals([2, 3, 5, c], low, high) });
  expectSameAsCpu(kernel, { x: reals([37], low, high) });
  expectSameAsCpu(kernel, { x: tensorOf(specialReals) });
});

// tfjs-backend-cpu approximates it to 1e-7.
it('Erf', () => {
  expectSameAsCpu('Erf', { x: reals([37], -3, 3) }, {}, { atol: 1e-6 });
  expectSameAsCpu('Erf', { x: tensorOf([NaN, Infinity, -Infinity, 9]) });
});

it.each(['Abs', 'Ceil', 'Floor', 'Neg', 'Round', 'Sign', 'Square'])('%s of integers', (kernel) => {
  expectSameAsCpu(kernel, { x: integers([3, 5]) });
});

it('rounds halves to even', () => {
  expectSameAsCpu('Round', { x: tensorOf([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 2 ** 24]) });
});

it('keeps the digits of small numbers in Log1p', () => {
  const x = tensorOf([1e-3, -1e-5, 1e-7, 1e-8, -1e-20, 1e-40, 1e6, 1e30, -1, -2]);
  expectSameAsCpu('Log1p', { x }, {}, { atol: 0, rtol: 1e-6 });
});
