import { randomStream, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { makeTransform } from '../make-component.test-support.js';
import { affine, type AffineOptions } from './affine.js';

// 0 1 2 3
// 4 5 6 7
const pixels = { height: 2, width: 4, channels: 1 };
const sample: Sample = {
  id: 'eight',
  image: { ...pixels, data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7) },
  labels: { ...pixels, data: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7) },
  instances: { ...pixels, data: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  weights: { ...pixels, data: Float32Array.of(3, 3, 3, 3, 3, 3, 3, 3) },
};

const move = (options: AffineOptions) =>
  makeTransform(affine, options).apply(sample, randomStream(0));

test('by default nothing moves', () => {
  expect(move({})).toEqual(sample);
});

test('a shift of half the side, and each way to see what was outside', () => {
  // translate is a share of both sides: 1 row and 2 columns.
  const shift = { translate: [0.5, 0.5] } as const;
  const ignore = move({ ...shift, border: 'constant', fill: 9 });
  expect([...ignore.image.data]).toEqual([9, 9, 9, 9, 9, 9, 0, 1]);
  expect([...ignore.labels!.data]).toEqual([255, 255, 255, 255, 255, 255, 0, 1]);
  expect([...ignore.instances!.data]).toEqual([0, 0, 0, 0, 0, 0, 1, 2]);
  expect([...ignore.weights!.data]).toEqual([0, 0, 0, 0, 0, 0, 3, 3]);
  const background = move({ ...shift, border: 'constant', outside: 'border' });
  expect([...background.labels!.data]).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  expect([...background.weights!.data]).toEqual([1, 1, 1, 1, 1, 1, 3, 3]);
  // Rows -1 0 mirrored are 1 0; columns -2 -1 0 1 mirrored are 2 1 0 1.
  const mirror = [6, 5, 4, 5, 2, 1, 0, 1];
  expect([...move({ ...shift, outside: 'border' }).labels!.data]).toEqual(mirror);
  expect([...move(shift).image.data]).toEqual(mirror);
  expect([...move(shift).labels!.data]).toEqual([255, 255, 255, 255, 255, 255, 0, 1]);
  const edge = move({ ...shift, border: 'edge', outside: 'border' });
  expect([...edge.labels!.data]).toEqual([0, 0, 0, 1, 0, 0, 0, 1]);
});

test('half a turn is what two flips are; positive angles are clockwise', () => {
  const half = move({ rotate: [180, 180] });
  expect(half.image.data).toBeAllClose([7, 6, 5, 4, 3, 2, 1, 0]);
  // Of a quarter turn clockwise, the middle columns 1 and 2 see the left half: 5 1 above 6 2.
  const quarter = move({ rotate: [90, 90], border: 'constant', fill: -1 });
  expect(quarter.image.data).toBeAllClose([-1, 5, 1, -1, -1, 6, 2, -1]);
});

test('draws from the ranges given', () => {
  const wide: Sample = {
    id: 'ramp',
    image: {
      height: 1,
      width: 101,
      channels: 1,
      data: Float32Array.from({ length: 101 }, (_, x) => x),
    },
  };
  const transform = makeTransform(affine, { scale: [1, 2] });
  const slopes = Array.from({ length: 200 }, (_, seed) => {
    const { data } = transform.apply(wide, randomStream(seed)).image;
    return 1 / (data[51]! - data[50]!);
  });
  expect(Math.min(...slopes)).toBeGreaterThanOrEqual(0.9999);
  expect(Math.max(...slopes)).toBeLessThanOrEqual(2.0001);
  // Uniform: the mean of 200 is 1.5 with a standard deviation of 0.02.
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length;
  expect(Math.abs(mean - 1.5)).toBeLessThan(0.1);
});

test.each([
  { options: { scale: 1 } },
  { options: { scale: [0, 1] } },
  { options: { scale: [2, 1] } },
  { options: { rotate: -5 } },
  { options: { aspect: [-1, 1] } },
  { options: { border: 'wrap' } },
  { options: { probability: 2 } },
])('refuses $options', ({ options }) => {
  expect(() => makeTransform(affine, options)).toThrow();
});
