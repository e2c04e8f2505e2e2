import { ConfusionMatrix } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { dice, iou, precision, recall } from './class-scores.js';
import { closeTo } from './close-to.test-support.js';
import { confusionOf, labelsOf } from './make-metric.test-support.js';
import { fixture } from './metrics-fixture.test-support.js';
import { perClassTable } from './per-class-table.js';
import {
  frequencyWeightedIoU,
  meanClassAccuracy,
  meanDice,
  meanIoU,
  pixelAccuracy,
} from './summary-scores.js';

const summaries = { meanIoU, meanDice, pixelAccuracy, meanClassAccuracy, frequencyWeightedIoU };

describe.each(fixture.cases)('scores of $name', ({ classes, images, perClass, summary }) => {
  const confusion = new ConfusionMatrix(classes);
  for (const { truth, prediction } of images) {
    confusion.merge(confusionOf(classes, truth, prediction));
  }

  it('equal the definitions per class', () => {
    const rows = perClassTable(confusion, labelsOf(classes));
    perClass.forEach((expected, k) => {
      const row = rows[k];
      expect(row?.name).toBe(`class${String(k)}`);
      expect(row?.pixels).toBe(expected.pixels);
      for (const score of ['iou', 'dice', 'precision', 'recall'] as const) {
        expect(row?.[score]).toEqual(closeTo(expected[score]));
      }
    });
  });

  it('equal the definitions in the mean', () => {
    for (const [name, score] of Object.entries(summaries)) {
      expect(score(confusion), name).toEqual(closeTo(summary[name as keyof typeof summary]));
    }
  });
});

describe('scores by hand', () => {
  it('are 1 when all is right, and NaN for a class that is nowhere', () => {
    const confusion = confusionOf(3, [0, 0, 1], [0, 0, 1]);
    expect(iou(confusion)).toEqual([1, 1, Number.NaN]);
    expect(precision(confusion)).toEqual([1, 1, Number.NaN]);
    for (const score of Object.values(summaries)) expect(score(confusion)).toBe(1);
  });

  it('are 0 when all is wrong', () => {
    const confusion = confusionOf(2, [0, 0, 1], [1, 1, 0]);
    expect(dice(confusion)).toEqual([0, 0]);
    for (const score of Object.values(summaries)) expect(score(confusion)).toBe(0);
  });

  it('of a partial overlap', () => {
    // Truth 1 covers pixels 2-5, prediction 1 covers 4-7: 2 shared, 6 together, of 10 pixels.
    const confusion = confusionOf(
      2,
      [0, 0, 1, 1, 1, 1, 0, 0, 0, 0],
      [0, 0, 0, 0, 1, 1, 1, 1, 0, 0],
    );
    // Class 0: 4 shared, 6 + 6 - 4 = 8 together. Class 1: 2 / 6.
    expect(iou(confusion)).toBeAllClose([4 / 8, 2 / 6]);
    expect(dice(confusion)).toBeAllClose([8 / 12, 4 / 8]);
    expect(precision(confusion)).toBeAllClose([4 / 6, 2 / 4]);
    expect(recall(confusion)).toBeAllClose([4 / 6, 2 / 4]);
    expect(pixelAccuracy(confusion)).toBeCloseTo(6 / 10, 12);
    // Six of ten true pixels are class 0: 0.6 * 4/8 + 0.4 * 2/6.
    expect(frequencyWeightedIoU(confusion)).toBeCloseTo(0.3 + 0.8 / 6, 12);
  });

  it('are NaN for an empty matrix', () => {
    const empty = confusionOf(2, [255, 255], [0, 1]);
    for (const score of Object.values(summaries)) expect(score(empty)).toBeNaN();
    expect(recall(empty)).toEqual([Number.NaN, Number.NaN]);
  });

  it('keep Dice = 2 IoU / (1 + IoU)', () => {
    const confusion = confusionOf(2, [0, 1, 1, 1], [0, 0, 1, 1]);
    const expected = iou(confusion).map((value) => (2 * value) / (1 + value));
    expect(dice(confusion)).toBeAllClose(expected);
  });
});
