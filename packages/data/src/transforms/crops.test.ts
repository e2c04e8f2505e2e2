import { ConfigError, DataError, randomStream, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { gamma } from '../color/gamma.js';
import { makeTransform } from '../make-component.test-support.js';
import { centerCrop } from './center-crop.js';
import { flip } from './flip.js';
import { oneOf } from './one-of.js';
import { drawBox, randomResizedCrop } from './random-resized-crop.js';

const ranges = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] } as const;

test('boxes lie inside, and their area and shape in the ranges', () => {
  const size = { height: 300, width: 400 };
  const areas: number[] = [];
  for (let seed = 0; seed < 500; seed++) {
    const box = drawBox(size, ranges, randomStream(seed));
    expect(box.top + box.height).toBeLessThanOrEqual(300);
    expect(box.left + box.width).toBeLessThanOrEqual(400);
    expect(Math.min(box.top, box.left)).toBeGreaterThanOrEqual(0);
    const area = (box.height * box.width) / 120_000;
    // Sides are rounded to pixels: of 98 pixels, the shortest side, half a pixel is 0.5 %.
    expect(area).toBeGreaterThan(0.08 * 0.99);
    expect(area).toBeLessThanOrEqual(1);
    const shape = box.width / box.height;
    expect(shape).toBeGreaterThan((3 / 4) * 0.99);
    expect(shape).toBeLessThan((4 / 3) * 1.01);
    areas.push(area);
  }
  expect(Math.min(...areas)).toBeLessThan(0.12);
  expect(Math.max(...areas)).toBeGreaterThan(0.8);
});

test('where no box fits, the largest of a permitted shape in the middle', () => {
  // torchvision: 10 x 100 is wider than 4/3, so its height stays and its width is round(10 * 4/3) = 13.
  const wide = drawBox(
    { height: 10, width: 100 },
    { scale: [1, 1], ratio: ranges.ratio },
    randomStream(0),
  );
  expect(wide).toEqual({ height: 10, width: 13, top: 0, left: 43 });
  // 100 x 10: height round(10 / (3/4)) = 13.
  const high = drawBox(
    { height: 100, width: 10 },
    { scale: [1, 1], ratio: ranges.ratio },
    randomStream(0),
  );
  expect(high).toEqual({ height: 13, width: 10, top: 43, left: 0 });
});

test('the middle of an image', () => {
  const size = { height: 3, width: 4, channels: 1 };
  const image = { ...size, data: Float32Array.from({ length: 12 }, (_, i) => i) };
  const crop = makeTransform(centerCrop, { height: 1, width: 2 });
  expect([...crop.apply({ id: 'm', image }, randomStream(0)).image.data]).toEqual([5, 6]);
  const large = makeTransform(centerCrop, { size: 4 });
  expect(() => large.apply({ id: 'm', image }, randomStream(0))).toThrow(DataError);
});

test('one-of applies the lists as often as their weights say', () => {
  const size = { height: 1, width: 1, channels: 1 };
  const sample: Sample = { id: 'half', image: { ...size, data: Float32Array.of(0.5) } };
  const power = (exponent: number) => ({ name: 'gamma', gamma: exponent });
  const choices = [
    { transforms: [power(2)] },
    { weight: 2, transforms: [power(2), power(1.5)] },
    { weight: 0, transforms: [power(5)] },
    { transforms: [] },
  ];
  const transform = makeTransform(oneOf, { choices }, [gamma, flip]);
  const counts = new Map<number, number>();
  for (let seed = 0; seed < 800; seed++) {
    const value = transform.apply(sample, randomStream(seed)).image.data[0]!;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  // A quarter of 800 is 200 with a standard deviation of 12; one half^2 = 0.25, half^3 = 0.125.
  const [quarter, eighth, half] = [0.25, 0.125, 0.5].map((value) => counts.get(value) ?? 0);
  expect(quarter! + eighth! + half!).toBe(800);
  expect(Math.abs(quarter! - 200)).toBeLessThan(50);
  expect(Math.abs(eighth! - 400)).toBeLessThan(57);
  expect(Math.abs(half! - 200)).toBeLessThan(50);
});

test('one-of refuses what it cannot choose from', () => {
  expect(() => makeTransform(oneOf, { choices: [] })).toThrow();
  const unknown = { choices: [{ transforms: ['no-such-transform'] }] };
  expect(() => makeTransform(oneOf, unknown)).toThrow(/no-such-transform/);
  const never = { choices: [{ weight: 0, transforms: [] }] };
  expect(() => makeTransform(oneOf, never)).toThrow(ConfigError);
});

test.each([
  { plugin: centerCrop, options: {} },
  { plugin: randomResizedCrop, options: { size: 8, scale: [0, 1] } },
  { plugin: randomResizedCrop, options: { size: 8, scale: [0.5, 2] } },
  { plugin: randomResizedCrop, options: { size: 8, ratio: [2, 1] } },
  { plugin: randomResizedCrop, options: { size: 8, width: 8 } },
])('$plugin.name refuses $options', ({ plugin, options }) => {
  expect(() => makeTransform(plugin, options)).toThrow();
});
