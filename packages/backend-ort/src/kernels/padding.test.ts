import { afterAll, beforeAll, it } from 'vitest';

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

const cases: [shape: number[], paddings: [number, number][]][] = [
  [[5], [[2, 1]]],
  [
    [3, 5],
    [
      [0, 1],
      [2, 0],
    ],
  ],
  [
    [2, 4, 5, c],
    [
      [0, 0],
      [1, 2],
      [3, 0],
      [0, 0],
    ],
  ],
  [
    [2, 4, 5, c],
    [
      [0, 1],
      [0, 0],
      [1, 1],
      [2, 3],
    ],
  ],
  [
    [2, 4, 5, 3],
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  ],
  [
    [2, 3],
    [
      [0, 0],
      [0, 0],
    ],
  ],
];

it.each(cases)('PadV2 of [%s] by %j', (shape, paddings) => {
  expectSameAsCpu('PadV2', { x: reals(shape) }, { paddings, constantValue: 0 });
  expectSameAsCpu('PadV2', { x: reals(shape) }, { paddings, constantValue: -Infinity });
});

it('PadV2 of integers and booleans', () => {
  const paddings = [[1, 2]];
  expectSameAsCpu('PadV2', { x: integers([3]) }, { paddings, constantValue: 7 });
  expectSameAsCpu('PadV2', { x: integers([3]) }, { paddings, constantValue: -2.5 });
  expectSameAsCpu('PadV2', { x: booleans([3]) }, { paddings, constantValue: 1 });
});

const mirrored = cases.filter(([shape, paddings]) =>
  paddings.every((pair, axis) => Math.max(...pair) < (shape[axis] ?? 0)),
);

it.each(['reflect', 'symmetric'])('MirrorPad, mode %s', (mode) => {
  for (const [shape, paddings] of mirrored) {
    expectSameAsCpu('MirrorPad', { x: reals(shape) }, { paddings, mode });
  }
  expectSameAsCpu('MirrorPad', { x: integers([4]) }, { paddings: [[3, 2]], mode });
});

it('MirrorPad by a whole axis', () => {
  expectSameAsCpu('MirrorPad', { x: reals([3]) }, { paddings: [[3, 3]], mode: 'symmetric' });
});
