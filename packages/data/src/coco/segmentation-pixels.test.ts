import { readFileSync } from 'node:fs';

import { DataError } from '@segkit/core';
import { expect, test } from 'vitest';

import { segmentationPixels } from './segmentation-pixels.js';

interface Case {
  readonly size: readonly [number, number];
  readonly segmentation: unknown;
  readonly pixels: readonly number[];
}

/** `oracles/fixtures/coco-masks.json`, made by `oracles/coco_masks.py` with pycocotools. */
const fixture = new URL('../../../../oracles/fixtures/coco-masks.json', import.meta.url);
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as Case[];

test('polygons and run lengths cover the pixels that pycocotools gives them', () => {
  expect(cases).toHaveLength(74);
  for (const [index, { size, segmentation, pixels }] of cases.entries()) {
    const [height, width] = size;
    const found = segmentationPixels(segmentation, { height, width });
    expect([...found], `case ${String(index)}`).toEqual(pixels);
  }
});

const size = { height: 2, width: 3 };
test.each([
  [[[0, 0, 1, 1]], /polygons of three corners or more/],
  [[[0, 0, 1, 1, 2, 2, 3]], /x and y for every corner/],
  [{ size: [3, 2], counts: [6] }, /image's size 2x3, found 3x2/],
  [{ size: [2, 3], counts: [1, 4] }, /add up to 2 x 3 = 6, found 5/],
  [{ size: [2, 3], counts: [7, -1] }, /whole run lengths from 0, found -1/],
  [{ size: [2, 3], counts: '6 ' }, /the character " " at 1/],
  [{ size: [2, 3], counts: 'P' }, /cut off/],
  ['mask', /or run lengths/],
])('%j is no mask', (segmentation, message) => {
  const read = () => segmentationPixels(segmentation, size);
  expect(read).toThrow(DataError);
  expect(read).toThrow(message);
});
