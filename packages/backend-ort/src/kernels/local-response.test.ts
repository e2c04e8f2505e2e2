import { afterAll, beforeAll, it } from 'vitest';

import {
  blockedChannels,
  expectSameAsCpu,
  reals,
  startBackends,
  stopBackends,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

it.each([
  [1, 3],
  [2, c],
  [5, c],
])('LRN over %i channels to each side, of %i', (depthRadius, channels) => {
  const attributes = { depthRadius, bias: 1.5, alpha: 0.7, beta: 0.6 };
  const shape = [2, 3, 5, channels];
  expectSameAsCpu('LRN', { x: reals(shape) }, attributes);
  const inputs = { x: reals(shape), y: reals(shape), dy: reals(shape) };
  expectSameAsCpu('LRNGrad', inputs, attributes, { atol: 1e-5 });
});
