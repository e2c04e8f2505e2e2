import { expect, test } from 'vitest';

import { exactAxis, gaussianAxis } from './plan-axis.js';

test('exact windows begin at whole periods and use what sees enough', () => {
  const layout = { length: 30, canvas: 32, added: 1, window: 16, lost: { before: 0, after: 0 } };
  const { spans } = exactAxis(layout, { before: 3, after: 4 }, 4);
  // The first window is used from the canvas' border to 16 - 4 = 12, pixel 11 of the image. The next one has to begin at 12 - 3
  // or earlier, which is 8, and is used to 8 + 16 - 4 = 20. The last one begins at 32 - 16 and is used to the border.
  expect(spans).toEqual([
    { start: 0, from: 0, to: 11 },
    { start: 8, from: 11, to: 19 },
    { start: 16, from: 19, to: 30 },
  ]);
});

test('weights of blended windows fall off by an eighth of the window', () => {
  const layout = { length: 20, canvas: 20, added: 0, window: 9, lost: { before: 0, after: 0 } };
  const { spans } = gaussianAxis(layout, 3);
  // Steps of at most 6 to the last beginning, 11: two of 5.5.
  expect(spans.map(({ start, from, to }) => [start, from, to])).toEqual([
    [0, 0, 9],
    [6, 6, 15],
    [11, 11, 20],
  ]);
  // sigma = 9 / 8; one standard deviation from the middle would be exp(-1/2), so pixel 5 has exp(-(8/9)^2 / 2).
  const weights = spans[0]?.weights;
  expect(weights?.[4]).toBe(1);
  expect(weights?.[5]).toBeCloseTo(Math.exp(-(64 / 81) / 2), 6);
  expect(weights?.[3]).toBe(weights?.[5]);
});
