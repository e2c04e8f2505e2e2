import { ConfusionMatrix } from '@segkit/core';
import { expect, test } from 'vitest';

import { perImageCsv } from './per-image-csv.js';

const labels = {
  classes: ['a', 'b,c'].map((name) => ({ name, color: [0, 0, 0] as const, values: [] })),
};

test('quotes names, leaves undefined scores empty, and puts metrics behind', () => {
  const confusion = new ConfusionMatrix(2);
  // Class 0 is right in all of its four pixels; class 1 is nowhere.
  confusion.counts[0] = 4;
  const csv = perImageCsv(
    [{ id: 'the "first", of two', loss: 0.5, confusion, metrics: { hausdorff95: Infinity, x: 2 } }],
    labels,
  );
  expect(csv.split('\n')).toEqual([
    'image,loss,meanIoU,meanDice,pixelAccuracy,meanClassAccuracy,frequencyWeightedIoU,iou/a,"iou/b,c",hausdorff95,x',
    '"the ""first"", of two",0.5,1,1,1,1,1,1,,,2',
    '',
  ]);
});

test('has the name alone for no images', () => {
  expect(perImageCsv([], labels)).toBe('image\n');
});
