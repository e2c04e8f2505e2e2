import { afterAll, beforeAll, describe, it } from 'vitest';

import {
  blockedChannels,
  booleans,
  expectSameAsCpu,
  integers,
  reals,
  startBackends,
  stopBackends,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

const ways = [false, true].flatMap((exclusive) =>
  [false, true].map((reverse) => ({ exclusive, reverse })),
);

describe.each(['Cumsum', 'Cumprod'])('%s', (kernel) => {
  it.each(ways)('%o', (way) => {
    for (const [shape, axis] of [
      [[1], 0],
      [[7], 0],
      [[3, 5], 0],
      [[2, 4, 3], 1],
      [[2, 3, 5, c], 2],
      [[2, 3, 5, c], 3],
    ] as [number[], number][]) {
      expectSameAsCpu(kernel, { x: reals(shape, 0.5, 1.5) }, { axis, ...way });
    }
    expectSameAsCpu(kernel, { x: integers([5]) }, { axis: 0, ...way });
    expectSameAsCpu(kernel, { x: booleans([5]) }, { axis: 0, ...way });
  });
});
