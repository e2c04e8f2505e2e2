import { afterAll, beforeAll, it } from 'vitest';

import {
  blockedChannels,
  booleans,
  expectSameAsCpu,
  integers,
  pairsOf,
  reals,
  specialReals,
  startBackends,
  stopBackends,
  tensorOf,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

const comparisons = ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'];

it.each(comparisons)('%s', (kernel) => {
  expectSameAsCpu(kernel, pairsOf(specialReals));
  expectSameAsCpu(kernel, { a: integers([4, 5], -2, 3), b: integers([5], -2, 3) });
  expectSameAsCpu(kernel, { a: booleans([4, 5]), b: booleans([5]) });
  expectSameAsCpu(kernel, { a: reals([2, 3, 5, c]), b: reals([c]) });
});

it.each(['LogicalAnd', 'LogicalOr'])('%s', (kernel) => {
  expectSameAsCpu(kernel, { a: booleans([4, 5]), b: booleans([5]) });
});

it('LogicalNot', () => {
  expectSameAsCpu('LogicalNot', { x: booleans([4, 5]) });
});

it.each(['IsNan', 'IsInf', 'IsFinite'])('%s', (kernel) => {
  expectSameAsCpu(kernel, { x: tensorOf(specialReals) });
  expectSameAsCpu(kernel, { x: integers([3]) });
  expectSameAsCpu(kernel, { x: reals([2, 3, 5, c]) });
});

it.each([[[7]], [[2, 3, 5, 3]], [[2, 3, 5, c]]])('Select of shape [%s]', (shape) => {
  const condition = booleans(shape);
  expectSameAsCpu('Select', { condition, t: reals(shape), e: reals(shape) });
  expectSameAsCpu('Select', { condition, t: integers(shape), e: integers(shape) });
  expectSameAsCpu('Select', { condition, t: booleans(shape), e: booleans(shape) });
});
