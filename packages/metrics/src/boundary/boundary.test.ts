import { ShapeError } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { closeToAll, drawn, fixture, observed } from '../evaluation-fixture.test-support.js';
import { boundary } from '../index.js';
import { makeMetric } from '../make-metric.test-support.js';
import { boundaryBand } from './boundary-band.js';
import { contour } from './contour.js';
import { squaredDistances } from './distance-transform.js';
import type { Mask } from './mask-box.js';

const mask = (rows: readonly string[]): Mask => {
  const { data, ...shape } = drawn(rows);
  return { ...shape, data: Uint8Array.from(data) };
};
const rowsOf = ({ height, width, data }: Mask): string[] =>
  Array.from({ length: height }, (_, y) => data.slice(y * width, (y + 1) * width).join(''));

describe.each(fixture.boundary)('boundary of $name', ({ classes, images, perClass }) => {
  it('equals medpy and scipy', () => {
    const metric = makeMetric(boundary, {}, classes);
    for (const image of images) metric.update(observed(image));
    const scores = metric.compute();
    perClass.forEach((expected, k) => {
      const named = Object.entries(expected).map(([name, value]) => [
        `${name}/class${String(k)}`,
        value,
      ]);
      expect(scores).toMatchObject(closeToAll(Object.fromEntries(named) as typeof expected));
    });
  });
});

describe('boundary', () => {
  const truth = ['00000000', '01110000', '01110000', '01110000', '00000000'];

  it('by hand: a square that moved by one column', () => {
    const prediction = truth.map((row) => `0${row.slice(0, -1)}`);
    const metric = makeMetric(boundary, {});
    metric.update(observed({ truth, prediction }));
    const scores = metric.compute();
    // Bands one pixel wide are rings of 8 pixels; of the 6 pixels that both squares hold, each ring's centre (one pixel)
    // is in the other ring, and the other 4 are in both: 4 / (8 + 8 - 4).
    expect(scores['boundaryIoU/class1']).toBeCloseTo(4 / 12, 12);
    // Contour pixels are the rings too. Five of eight have the other ring at 0 or 1 pixel and the three of the side that
    // was left at 1: all within the tolerance of one pixel.
    expect(scores['boundaryF1/class1']).toBe(1);
    // From either ring 4 distances are 0 and 4 are 1; the 95th percentile of eight zeros and eight ones is 1.
    expect(scores['hausdorff95/class1']).toBe(1);
    expect(scores['surfaceDistance/class1']).toBe(0.5);
  });

  it('gives a class that is missed or invented the diagonal, and one that is nowhere nothing', () => {
    const metric = makeMetric(boundary, {}, 3);
    metric.update(observed({ truth, prediction: truth.map((row) => row.replaceAll('1', '0')) }));
    const scores = metric.compute();
    expect(scores).toMatchObject({ 'boundaryIoU/class1': 0, 'boundaryF1/class1': 0 });
    expect(scores['hausdorff95/class1']).toBeCloseTo(Math.hypot(5, 8), 12);
    expect(scores['surfaceDistance/class1']).toBeCloseTo(Math.hypot(5, 8), 12);
    expect(scores['boundaryIoU/class2']).toBeNaN();
    // The mean is over the two classes that are somewhere.
    const other = scores['boundaryF1/class0'] ?? Number.NaN;
    expect(scores['boundaryF1']).toBeCloseTo(other / 2, 12);
  });

  it('takes its widths from the options', () => {
    const moved = truth.map((row) => `000${row.slice(0, -3)}`);
    const f1 = (toleranceRatio: number) => {
      const metric = makeMetric(boundary, { toleranceRatio });
      metric.update(observed({ truth, prediction: moved }));
      return metric.compute()['boundaryF1/class1'];
    };
    // No pixel moved by more than three; a third of the diagonal of 9.4 reaches that far.
    expect(f1(0.34)).toBe(1);
    expect(f1(0.01)).toBeLessThan(1);
    expect(() => makeMetric(boundary, { dilationRatio: 0 })).toThrow(/dilationRatio/);
  });

  it('refuses rasters of different sizes', () => {
    const metric = makeMetric(boundary, {});
    const observation = { labels: drawn(truth), predictedLabels: drawn(truth.slice(1)) };
    expect(() => {
      metric.update(observation);
    }).toThrow(ShapeError);
    expect(() => {
      metric.update(observation);
    }).toThrow('boundary: the labels are 5x8, but predictions of 4x8 came with them');
  });
});

describe('parts of masks', () => {
  const blob = ['1111100', '1111110', '1111110', '1111100', '0010000'];

  it('contour: beside the outside over edges, at the border too', () => {
    expect(rowsOf(contour(mask(blob)))).toEqual([
      '1111100',
      '1000010',
      '1000010',
      '1101100',
      '0010000',
    ]);
  });

  it('band: what a square erodes', () => {
    expect(rowsOf(boundaryBand(mask(blob), 1))).toEqual([
      '1111100',
      '1000110',
      '1000110',
      '1111100',
      '0010000',
    ]);
    expect(rowsOf(boundaryBand(mask(blob), 5))).toEqual(blob);
  });

  it('distances: exact, and infinite to nothing', () => {
    // Squares of the distances to the pixels (0, 0) and (2, 3).
    expect([...squaredDistances(mask(['1000', '0000', '0001']))]).toEqual([
      0, 1, 4, 4, 1, 2, 2, 1, 4, 4, 1, 0,
    ]);
    expect([...squaredDistances(mask(['00', '00']))]).toEqual(new Array(4).fill(Infinity));
  });

  it('distances equal brute force on random masks', () => {
    let state = 7;
    const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
    for (const density of [0.01, 0.1, 0.5]) {
      const [height, width] = [19, 23];
      const data = Uint8Array.from({ length: height * width }, () => (random() < density ? 1 : 0));
      data[Math.floor(random() * data.length)] = 1;
      const found = squaredDistances({ height, width, channels: 1, data });
      for (let i = 0; i < data.length; i++) {
        let nearest = Infinity;
        data.forEach((inside, j) => {
          const [dy, dx] = [
            Math.floor(i / width) - Math.floor(j / width),
            (i % width) - (j % width),
          ];
          if (inside === 1) nearest = Math.min(nearest, dy * dy + dx * dx);
        });
        expect(found[i]).toBe(nearest);
      }
    }
  });
});
