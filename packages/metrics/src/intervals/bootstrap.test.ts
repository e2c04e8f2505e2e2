import { readFileSync } from 'node:fs';

import { ConfusionMatrix, randomStream, type RandomStream } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { confusionOf } from '../make-metric.test-support.js';
import { bootstrapIoU } from './bootstrap.js';
import { percentile } from './percentile.js';

/** `oracles/fixtures/bootstrap.json`, made by `oracles/bootstrap.py`. */
const cases = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/bootstrap.json', import.meta.url), 'utf8'),
) as readonly {
  readonly name: string;
  readonly level: number;
  readonly confusions: readonly (readonly number[])[];
  readonly draws: readonly number[];
  readonly meanIoU: readonly [number, number];
  readonly iou: readonly (readonly [number, number])[];
}[];

/** A stream whose integers are given. */
function replay(draws: readonly number[]): RandomStream {
  let at = 0;
  return { ...randomStream(0), integer: () => draws[at++] ?? Number.NaN };
}

function matrixOf(counts: readonly number[]): ConfusionMatrix {
  const confusion = new ConfusionMatrix(Math.sqrt(counts.length));
  confusion.counts.set(counts);
  return confusion;
}

describe('bootstrapIoU', () => {
  it.each(cases)('equals numpy on the same draws: $name', ({ level, draws, ...expected }) => {
    const images = expected.confusions.map(matrixOf);
    const resamples = draws.length / images.length;
    const intervals = bootstrapIoU(images, { resamples, level, random: replay(draws) });
    expect([intervals.meanIoU.low, intervals.meanIoU.high]).toBeAllClose([...expected.meanIoU], {
      rtol: 1e-12,
    });
    intervals.iou.forEach(({ low, high }, k) => {
      expect([low, high]).toBeAllClose([...(expected.iou[k] ?? [])], { rtol: 1e-12 });
    });
  });

  it('is the same for the same seed, and narrower at a lower level', () => {
    const images = (cases[0]?.confusions ?? []).map(matrixOf);
    const of = (seed: number, level: number) =>
      bootstrapIoU(images, { level, random: randomStream(seed) }).meanIoU;
    expect(of(3, 0.95)).toEqual(of(3, 0.95));
    expect(of(3, 0.95)).not.toEqual(of(4, 0.95));
    expect(of(3, 0.5).low).toBeGreaterThan(of(3, 0.95).low);
    expect(of(3, 0.5).high).toBeLessThan(of(3, 0.95).high);
  });

  it('is a point for equal images, and NaN for one image and for a class that is nowhere', () => {
    // Class 0: 1 shared of 2; class 1: 1 of 2.
    const image = confusionOf(3, [0, 0, 1], [0, 1, 1]);
    const { meanIoU, iou } = bootstrapIoU([image, image], { random: randomStream(0) });
    expect(meanIoU).toEqual({ low: 0.5, high: 0.5 });
    expect(iou[2]).toEqual({ low: Number.NaN, high: Number.NaN });
    const single = bootstrapIoU([image], { random: randomStream(0) });
    expect(single.meanIoU).toEqual({ low: Number.NaN, high: Number.NaN });
  });

  it('refuses matrices of different classes', () => {
    const images = [new ConfusionMatrix(2), new ConfusionMatrix(3)];
    expect(() => bootstrapIoU(images, { random: randomStream(0) })).toThrow(/bootstrap/);
  });
});

it('percentile is linear between ranks', () => {
  expect(percentile([1, 2, 4], 0.75)).toBe(3);
  expect(percentile([1, 2, 4], 0)).toBe(1);
  expect(percentile([1, 2, 4], 1)).toBe(4);
  expect(percentile([], 0.5)).toBeNaN();
});
