import { afterAll, beforeAll, it } from 'vitest';

import {
  blockedChannels,
  expectSameAsCpu,
  reals,
  startBackends,
  stopBackends,
  tensorOf,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

it.each([
  [[5]],
  [[3, 5]],
  [[2, 3, 4]],
  [[2, 3, 5, 1]],
  [[2, 3, 5, 3]],
  [[2, 3, 5, c]],
  [[2, 1, 2, 3, 4]],
])('Softmax of shape [%s]', (shape) => {
  expectSameAsCpu('Softmax', { logits: reals(shape, -5, 5) }, { dim: shape.length - 1 });
  expectSameAsCpu('Softmax', { logits: reals(shape, -5, 5) }, { dim: -1 });
});

it('Softmax of rows with large numbers, NaN and infinities', () => {
  const rows = [1000, 1001, -1000, NaN, 1, 2, Infinity, 0, 1, -Infinity, 3, 4];
  expectSameAsCpu('Softmax', { logits: tensorOf(rows, [4, 3]) }, { dim: 1 });
});
