import { randomStream, type Raster, type Sample, type Size } from '@segkit/core';
import { describe, expect, test } from 'vitest';

import { makeTransform } from '../make-component.test-support.js';
import { warpSample } from '../warp/warp-sample.js';
import { displaced, displacements, mirrored } from './displacements.test-support.js';
import { elastic, type ElasticOptions } from './elastic.js';
import { randomGridMap } from './grid-map.js';
import { randomNoiseMap } from './noise-map.js';

/** Brightness falls by this much per pixel from the disc's centre. */
const slope = 0.02;

/**
 * A bright spot whose labels are its pixels above 0.5, instances 7 times the labels, weights 2 more than the image,
 * and the target the image itself.
 */
function discSample({ height, width }: Size): Sample {
  const data = Float32Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return 1 - slope * Math.hypot(y - 0.45 * height, x - 0.6 * width);
  });
  const image: Raster<Float32Array> = { height, width, channels: 1, data };
  const labels = { ...image, data: Int32Array.from(data, (value) => Number(value > 0.5)) };
  return {
    id: 'disc',
    image,
    labels,
    instances: { ...labels, data: labels.data.map((label) => 7 * label) },
    weights: { ...image, data: data.map((value) => value + 2) },
    target: image,
    restore: [(prediction) => prediction],
  };
}

const size = { height: 61, width: 80 };
const kinds: { options: ElasticOptions }[] = [
  { options: {} },
  { options: { points: 5, displacement: 4 } },
  { options: { displacement: 60 } },
  { options: { field: 'smooth' } },
  { options: { field: 'smooth', alpha: 100, sigma: 6 } },
];

describe.each(kinds)('elastic $options', ({ options }) => {
  const transform = makeTransform(elastic, options);

  test('moves all rasters together, by the stream alone', () => {
    const sample = discSample(size);
    const before = structuredClone({ ...sample, restore: [] });
    for (let seed = 0; seed < 8; seed++) {
      const moved = transform.apply(sample, randomStream(seed));
      expect(transform.apply(sample, randomStream(seed))).toEqual(moved);
      expect(moved.image).toMatchObject(size);
      expect(moved.target).toEqual(moved.image);
      expect(moved.weights?.data ?? []).toBeAllClose(moved.image.data.map((value) => value + 2));
      expect(moved.instances?.data).toEqual(moved.labels?.data.map((label) => 7 * label));
      let wrong = 0;
      moved.image.data.forEach((value, i) => {
        // The nearest pixel is at most 0.71 pixels away, so near the disc's edge either label is right.
        if (Math.abs(value - 0.5) > 0.72 * slope && moved.labels?.data[i] !== Number(value > 0.5))
          wrong += 1;
      });
      expect(wrong).toBe(0);
    }
    expect({ ...sample, restore: [] }).toEqual(before);
  });

  test('forgets how to restore, and gives another field for another stream', () => {
    const sample = discSample(size);
    const moved = transform.apply(sample, randomStream(1));
    expect(moved.restore).toBeUndefined();
    expect(moved.image).not.toEqual(sample.image);
    expect(moved.image).not.toEqual(transform.apply(sample, randomStream(2)).image);
  });
});

test('no displacement, and no probability, change nothing', () => {
  const sample = discSample(size);
  for (const options of [{ displacement: 0 }, { field: 'smooth', alpha: 0 }]) {
    const { restore: _, ...unchanged } = sample;
    expect(makeTransform(elastic, options).apply(sample, randomStream(0))).toEqual(unchanged);
  }
  const never = makeTransform(elastic, { probability: 0 });
  expect(never.apply(sample, randomStream(0))).toBe(sample);
});

test('the probability is that of a sample being deformed', () => {
  const sample = discSample({ height: 4, width: 4 });
  const sometimes = makeTransform(elastic, { probability: 0.25 });
  const seeds = Array.from({ length: 400 }, (_, seed) => seed);
  const deformed = seeds.filter((seed) => sometimes.apply(sample, randomStream(seed)) !== sample);
  // Binomial: 100 with a standard deviation of 8.7.
  expect(deformed.length).toBeGreaterThan(70);
  expect(deformed.length).toBeLessThan(130);
});

test('one row and one column can be deformed', () => {
  const transform = makeTransform(elastic);
  for (const narrow of [
    { height: 1, width: 9 },
    { height: 9, width: 1 },
  ]) {
    const { image } = transform.apply(discSample(narrow), randomStream(3));
    expect(image.data.every(Number.isFinite)).toBe(true);
  }
});

test('a grid point stands where its displacement says, with the standard deviation asked for', () => {
  const draws = Array.from({ length: 600 }, (_, seed) => {
    const { dy, dx } = displacements(
      randomGridMap({ height: 9, width: 5 }, 3, 10, randomStream(seed)),
    );
    // The spline passes through the grid's points: first row, and the middle of the image.
    return [Number(dy[0]), Number(dx[4 * 5 + 2])];
  });
  for (const axis of [0, 1]) {
    const squares = draws.reduce((sum, draw) => sum + Number(draw[axis]) ** 2, 0);
    // 600 draws give the deviation to 3 %.
    expect(Math.sqrt(squares / draws.length)).toBeGreaterThan(9);
    expect(Math.sqrt(squares / draws.length)).toBeLessThan(11);
  }
});

test('a field of whole pixels moves pixels, mirrored at the border', () => {
  const row: Raster<Float32Array> = {
    height: 1,
    width: 4,
    channels: 1,
    data: Float32Array.of(0, 1, 2, 3),
  };
  const labels = { ...row, data: Int32Array.of(0, 1, 2, 3) };
  const map = displaced(row, new Float32Array(4), Float32Array.of(2, -2, 0.5, 1));
  // 0 + 2 = 2; 1 - 2 = -1 mirrors to 1; 2.5 lies between 2 and 3; 3 + 1 = 4 mirrors to 2.
  const moved = warpSample({ id: 'row', image: row, labels }, map, mirrored);
  expect([...moved.image.data]).toEqual([2, 1, 2.5, 2]);
  expect([...(moved.labels?.data ?? [])]).toEqual([2, 1, 3, 2]);
});

test('blurred noise is smooth, and scales with alpha', () => {
  const field = (alpha: number) =>
    displacements(randomNoiseMap({ height: 20, width: 30 }, { alpha, sigma: 4 }, randomStream(5)));
  const [one, ten] = [field(1), field(10)];
  expect(ten.dy).toBeAllClose(one.dy.map((value) => 10 * value));
  expect(one.dx).not.toEqual(one.dy);
  for (let i = 1; i < 30; i++) {
    expect(Math.abs(Number(one.dy[i]) - Number(one.dy[i - 1]))).toBeLessThan(0.05);
  }
});
