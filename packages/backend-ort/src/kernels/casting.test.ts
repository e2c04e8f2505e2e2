import { afterAll, beforeAll, it } from 'vitest';

import {
  blockedChannels,
  booleans,
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

it.each(['int32', 'bool'])('real numbers to %s', (dtype) => {
  expectSameAsCpu('Cast', { x: reals([2, 3, 5, c]) }, { dtype });
  expectSameAsCpu('Cast', { x: reals([2, 3, 5, 3], -100, 100) }, { dtype });
  expectSameAsCpu('Cast', { x: tensorOf(specialReals) }, { dtype });
});

it('real numbers out of range to int32, modulo 2 ** 32', () => {
  const x = [2 ** 31, -(2 ** 31), 2 ** 32 + 512, -(2 ** 33) - 1024, 2 ** 62, 2 ** 63, -(2 ** 70)];
  expectSameAsCpu('Cast', { x: tensorOf(x) }, { dtype: 'int32' });
  expectSameAsCpu('Cast', { x: tensorOf([1e10, -1e10, 1e20, 1.9, -1.9]) }, { dtype: 'int32' });
});

it.each(['float32', 'bool'])('integers to %s', (dtype) => {
  expectSameAsCpu('Cast', { x: integers([3, 5], -2, 3) }, { dtype });
});

it.each(['float32', 'int32'])('booleans to %s', (dtype) => {
  expectSameAsCpu('Cast', { x: booleans([3, 5]) }, { dtype });
});
