import { afterAll, beforeAll, describe, it } from 'vitest';

import {
  blockedChannels,
  expectSameAsCpu,
  integers,
  reals,
  startBackends,
  stopBackends,
  type TestTensor,
} from './compare-with-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const c = blockedChannels;

const grids = [
  { alignCorners: false, halfPixelCenters: false },
  { alignCorners: true, halfPixelCenters: false },
  { alignCorners: false, halfPixelCenters: true },
];

const sizes: [from: [number, number], to: [number, number]][] = [
  [
    [3, 4],
    [6, 8],
  ],
  [
    [3, 4],
    [9, 4],
  ],
  [
    [4, 6],
    [2, 2],
  ],
  [
    [3, 4],
    [5, 7],
  ],
  [
    [7, 5],
    [3, 1],
  ],
  [
    [1, 1],
    [3, 4],
  ],
  [
    [3, 4],
    [3, 4],
  ],
];

describe.each(grids)('%o', (grid) => {
  it.each(sizes)('from [%s] to [%s]', (from, to) => {
    for (const channels of [3, c]) {
      const images = reals([2, ...from, channels]);
      expectSameAsCpu('ResizeBilinear', { images }, { ...grid, size: to });
      expectSameAsCpu('ResizeNearestNeighbor', { images }, { ...grid, size: to });
    }
  });

  it('of integers', () => {
    const images = integers([1, 3, 4, 2]);
    expectSameAsCpu('ResizeBilinear', { images }, { ...grid, size: [6, 5] });
    expectSameAsCpu('ResizeNearestNeighbor', { images }, { ...grid, size: [6, 5] });
  });
});

// tfjs-backend-cpu confuses height and width in the shape of the bilinear gradient, and reads only the first image in the
// nearest one's.
const squares: [from: number, to: number][] = [
  [3, 6],
  [3, 9],
  [6, 3],
  [4, 7],
  [5, 2],
  [70, 140],
  [70, 150],
];

describe.each(grids.slice(0, 2))('gradients, %o', (grid) => {
  it.each(squares)('from %i to %i', (from, to) => {
    for (const channels of from < 10 ? [3, c] : [1]) {
      const maps = (batch: number): { images: TestTensor; dy: TestTensor } => ({
        images: reals([batch, from, from, channels]),
        dy: reals([batch, to, to, channels]),
      });
      expectSameAsCpu('ResizeBilinearGrad', maps(2), grid, { atol: 1e-5 });
      expectSameAsCpu('ResizeNearestNeighborGrad', maps(1), grid, { atol: 1e-5 });
    }
  });
});
