import { expect, test } from 'vitest';

import { mirrorIndex, mirrorPadRaster } from './mirror-raster.js';

test('mirrors positions without repeating the border, as often as needed', () => {
  // … 2 1 | 0 1 2 | 1 0 1 2 1 …
  expect([-2, -1, 0, 1, 2, 3, 4, 5, 6].map((position) => mirrorIndex(position, 3))).toEqual([
    2, 1, 0, 1, 2, 1, 0, 1, 2,
  ]);
  expect([-5, 0, 7].map((position) => mirrorIndex(position, 1))).toEqual([0, 0, 0]);
});

test('extends an image around its middle, all channels together', () => {
  const image = { height: 1, width: 2, channels: 2, data: Float32Array.of(1, 2, 3, 4) };
  // Five wide: (5 - 2) / 2 rounds down to 1 before, so 2 follow. Pixels a b become b a b a b.
  expect([...mirrorPadRaster(image, { height: 1, width: 5 }).data]).toEqual([
    3, 4, 1, 2, 3, 4, 1, 2, 3, 4,
  ]);
});
