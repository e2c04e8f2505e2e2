import { afterAll, beforeAll, it } from 'vitest';

import {
  blockedChannels,
  expectSameAsCpu,
  integers,
  reals,
  startBackends,
  stopBackends,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

const none: [number, number] = [0, 0];

it.each([
  [
    [2, 4, 6, c],
    [2, 3],
    [none, none],
  ],
  [
    [1, 3, 5, c],
    [2, 2],
    [
      [1, 0],
      [0, 1],
    ],
  ],
  [
    [2, 4, 6, 3],
    [2, 2],
    [[2, 2], none],
  ],
  [[2, 6], [3], [none]],
  [[2, 4, 2], [2], [[1, 1]]],
  [
    [1, 4, 4, 4],
    [2, 2, 2],
    [none, none, none],
  ],
  [
    [2, 2, 4, 2, 3],
    [2, 2],
    [none, none],
  ],
] as [number[], number[], [number, number][]][])(
  'SpaceToBatchND of [%s] in blocks of [%s], padded by %j, and back',
  (shape, blockShape, paddings) => {
    expectSameAsCpu('SpaceToBatchND', { x: reals(shape) }, { blockShape, paddings });
    const padded = shape.map((length, i) => {
      const [before, after] = paddings[i - 1] ?? none;
      return (length + before + after) / (blockShape[i - 1] ?? 1);
    });
    padded[0] = (padded[0] ?? 1) * blockShape.reduce((product, length) => product * length);
    expectSameAsCpu('BatchToSpaceND', { x: reals(padded) }, { blockShape, crops: paddings });
    expectSameAsCpu('BatchToSpaceND', { x: integers(padded) }, { blockShape, crops: paddings });
  },
);

it.each([[[2, 3, 2, 4]], [[1, 3, 5, 4 * c]], [[2, 1, 1, 12]]])('DepthToSpace of [%s]', (shape) => {
  expectSameAsCpu('DepthToSpace', { x: reals(shape) }, { blockSize: 2, dataFormat: 'NHWC' });
  expectSameAsCpu('DepthToSpace', { x: integers(shape) }, { blockSize: 2, dataFormat: 'NHWC' });
});
