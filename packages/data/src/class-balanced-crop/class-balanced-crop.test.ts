import { ConfigError, DataError, randomStream, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { makeTransform } from '../make-component.test-support.js';
import { classBalancedCrop } from './class-balanced-crop.js';

const size = { height: 40, width: 60, channels: 1 };

/** Background with one pixel of class 1 (`cell`) at row 3, column 50, and ignored pixels at the left. */
const sample: Sample = {
  id: 'rare',
  image: { ...size, data: new Float32Array(2400) },
  labels: {
    ...size,
    data: Int32Array.from({ length: 2400 }, (_, i) =>
      i === 3 * 60 + 50 ? 1 : i % 60 < 2 ? 255 : 0,
    ),
  },
};

const shareWithCell = (options: object): number => {
  const transform = makeTransform(classBalancedCrop, { size: 8, ...options });
  const seeds = Array.from({ length: 400 }, (_, seed) => seed);
  const held = seeds.filter((seed) =>
    transform.apply(sample, randomStream(seed)).labels!.data.includes(1),
  );
  return held.length / seeds.length;
};

test('classes are drawn by weight, whatever their size', () => {
  expect(shareWithCell({ weights: { background: 0 } })).toBe(1);
  // Half by draw, and a few of the others by chance: standard deviation 0.025.
  expect(Math.abs(shareWithCell({}) - 0.5)).toBeLessThan(0.1);
  expect(Math.abs(shareWithCell({ weights: { cell: 3 } }) - 0.75)).toBeLessThan(0.1);
  expect(shareWithCell({ weights: { cell: 0 } })).toBeLessThan(0.1);
  const none = shareWithCell({ weights: { background: 0 }, probability: 0 });
  expect(none).toBeLessThan(0.1);
});

test('the pixel drawn is in the middle, unless the border is near', () => {
  const transform = makeTransform(classBalancedCrop, { size: 8, weights: { background: 0 } });
  const { labels } = transform.apply(sample, randomStream(0));
  // Row 3 of the image is row 3 of a crop that starts at row 0; column 50 is column 4 of one that starts at 46.
  expect(labels!.data.indexOf(1)).toBe(3 * 8 + 4);
});

test('an image without any class that has a weight is cut anywhere', () => {
  const empty = { ...sample, labels: { ...size, data: new Int32Array(2400).fill(255) } };
  const transform = makeTransform(classBalancedCrop, { size: 8 });
  const { image } = transform.apply(empty, randomStream(0));
  expect(image).toMatchObject({ height: 8, width: 8 });
});

test('bad options and samples are errors', () => {
  const make = (weights: object) => makeTransform(classBalancedCrop, { size: 8, weights });
  expect(() => make({ dog: 1 })).toThrow(ConfigError);
  expect(() => make({ dog: 1 })).toThrow(
    /transforms\.train\.0\.weights: expected names of classes \(background, cell\), received "dog"/,
  );
  expect(() => make({ background: 0, cell: 0 })).toThrow(/a class with a weight above 0/);
  expect(() => make({ cell: -1 })).toThrow();
  const { labels: _, ...unlabelled } = sample;
  expect(() => make({}).apply(unlabelled, randomStream(0))).toThrow(DataError);
  const large = makeTransform(classBalancedCrop, { size: 50 });
  expect(() => large.apply(sample, randomStream(0))).toThrow(
    /at least 50x50, received 40x60 \("rare"\).* before class-balanced-crop/,
  );
});
