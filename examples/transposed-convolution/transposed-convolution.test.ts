import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { run } from './main.ts';

let folder: string;
let walk: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-transposed-'));
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'table').mockImplementation(() => undefined);
  walk = await run({ out: folder });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

test('spreading the kernel, cutting by padding, moving apart by stride', () => {
  expect(walk.spread.stride1).toEqual([
    [0, 0, 1],
    [0, 4, 6],
    [4, 12, 9],
  ]);
  expect(walk.spread.padding1).toEqual([[4]]);
  expect(walk.spread.stride2).toEqual([
    [0, 0, 0, 1],
    [0, 0, 2, 3],
    [0, 2, 0, 3],
    [4, 6, 6, 9],
  ]);
});

test('a convolution is W x, its transpose W^T y', () => {
  const { w, y, wx, transposed, wty } = walk.products;
  expect(w).toEqual([
    [1, 2, 0, 3, 4, 0, 0, 0, 0],
    [0, 1, 2, 0, 3, 4, 0, 0, 0],
    [0, 0, 0, 1, 2, 0, 3, 4, 0],
    [0, 0, 0, 0, 1, 2, 0, 3, 4],
  ]);
  // 0*1 + 1*2 + 3*3 + 4*4 = 27, and so on.
  expect(y).toEqual([
    [27, 37],
    [57, 67],
  ]);
  expect(wx).toEqual(y);
  // The middle gets all four pixels: 27*4 + 37*3 + 57*2 + 67*1 = 400.
  const expected = [
    [27, 91, 74],
    [138, 400, 282],
    [171, 429, 268],
  ];
  expect(transposed).toEqual(expected);
  expect(wty).toEqual(expected);
  expect(walk.gradient).toEqual(expected);
});

test('it equals a convolution with the flipped kernel over a frame of zeros', () => {
  const expected = [
    [1, 4, 7, 6],
    [7, 23, 33, 24],
    [19, 53, 63, 42],
    [21, 52, 59, 36],
  ];
  expect(walk.flipped).toEqual({ transposed: expected, full: expected });
});

test('sizes follow the formula', () => {
  expect(walk.sizeTable.map((row) => row["n'"])).toEqual([3, 1, 4, 56, 32, 320, 480]);
  for (const row of walk.sizeTable) expect(row["n'"]).toBe(row.formula);
  expect(walk.shapes).toEqual([
    '1x16x16x10 -> 1x6x6x20 -> 1x16x16x10',
    '1x17x17x10 -> 1x6x6x20 -> 1x17x17x10',
  ]);
});

test('the bilinear kernel doubles a picture as interpolation does, but for its outermost pixels', () => {
  const { shape, worst } = walk.doubled;
  expect(shape).toEqual([1, 96, 96, 3]);
  expect(worst.inside).toBeLessThan(1e-6);
  // In a corner, 7 of 16 parts of the weight fall on the zeros outside; the picture's blue is 0.5 there.
  expect(worst.all).toBeCloseTo((7 / 16) * 0.5, 6);
  expect(existsSync(join(folder, 'transposed-convolution', 'doubled.png'))).toBe(true);
});
