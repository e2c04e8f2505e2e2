import { DataError, randomStream, ShapeError, type Raster, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { clahe } from '../clahe/clahe.js';
import { makeTransform } from '../make-component.test-support.js';
import { cutout } from '../transforms/cutout.js';
import { addNormalNoise } from './add-normal-noise.js';
import { blur } from './blur.js';
import { colorJitter } from './color-jitter.js';
import { gamma } from './gamma.js';
import { gaussianNoise } from './gaussian-noise.js';

function imageOf(channels: number, seed = 0): Raster<Float32Array> {
  const random = randomStream(seed);
  const data = Float32Array.from({ length: 12 * 16 * channels }, () => random.uniform());
  return { height: 12, width: 16, channels, data };
}

function sampleOf(channels = 3): Sample {
  const image = imageOf(channels);
  const gray = { ...image, channels: 1 };
  return {
    id: 'noise',
    image,
    labels: { ...gray, data: Int32Array.from({ length: 192 }, (_, i) => i % 2) },
    instances: { ...gray, data: Int32Array.from({ length: 192 }, (_, i) => i) },
    weights: { ...gray, data: new Float32Array(192).fill(3) },
    target: imageOf(channels, 1),
    restore: [(prediction) => prediction],
  };
}

const jitter = { brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.2 };

const cases = [
  { plugin: colorJitter, options: jitter, light: true },
  { plugin: colorJitter, options: { hsvShift: { hue: 0.1, value: 0.1 } }, light: true },
  { plugin: gamma, options: {}, light: true },
  { plugin: gaussianNoise, options: {}, light: false },
  { plugin: blur, options: {}, light: false },
  { plugin: cutout, options: {}, light: false },
  { plugin: clahe, options: { tiles: 2 }, light: false },
];

test.each(cases)('$plugin.name $options changes the image by the stream alone', (given) => {
  const transform = makeTransform(given.plugin, given.options);
  for (const channels of [1, 3]) {
    const sample = sampleOf(channels);
    const before = structuredClone({ ...sample, restore: [] });
    const changed = transform.apply(sample, randomStream(1));
    expect(transform.apply(sample, randomStream(1))).toEqual(changed);
    expect({ ...sample, restore: [] }).toEqual(before);
    expect(changed.image.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    const other = transform.apply(sample, randomStream(2));
    // A hue alone leaves gray images, and clahe draws nothing.
    if (channels === 3 && given.plugin !== clahe)
      expect(other.image.data).not.toEqual(changed.image.data);
    // Geometry stays: labels and what restores a prediction are the same objects.
    for (const part of ['labels', 'instances', 'weights', 'restore'] as const) {
      expect(changed[part]).toBe(sample[part]);
    }
    if (given.light) expect(changed.target).toMatchObject({ height: 12, width: 16, channels });
    else expect(changed.target).toBe(sample.target);
  }
});

test.each(cases)('$plugin.name $options leaves a share of the samples', ({ plugin, options }) => {
  const sample = sampleOf();
  const half = makeTransform(plugin, { ...options, probability: 0.5 });
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  const left = seeds.filter((seed) => half.apply(sample, randomStream(seed)) === sample).length;
  // Binomial: 100 with a standard deviation of 7.1.
  expect(Math.abs(left - 100)).toBeLessThan(29);
});

test('what needs values in [0, 1] refuses normalised images, by place and name', () => {
  const { image, ...rest } = sampleOf();
  const normalized = { ...rest, image: { ...image, data: image.data.map((v) => 4 * v - 2) } };
  for (const plugin of [colorJitter, gamma, gaussianNoise, clahe]) {
    const apply = () => makeTransform(plugin).apply(normalized, randomStream(0));
    expect(apply).toThrow(DataError);
    expect(apply).toThrow(
      /^transforms\.train\.0: [a-z-]+ expects image values in \[0, 1\], received -.* \("noise"\); put it before normalize\.$/,
    );
  }
});

test('colours of two channels cannot be turned, but their brightness can change', () => {
  const sample = { id: 'two', image: imageOf(2) };
  expect(() => makeTransform(colorJitter, jitter).apply(sample, randomStream(0))).toThrow(
    ShapeError,
  );
  const dim = makeTransform(colorJitter, { brightness: [0.5, 0.5] });
  const { data } = dim.apply(sample, randomStream(0)).image;
  expect(data).toBeAllClose(sample.image.data.map((value) => value / 2));
});

test('a target changes with the light of its image', () => {
  const image = imageOf(3);
  for (const { plugin, options, light } of cases) {
    if (!light) continue;
    const changed = makeTransform(plugin, options).apply(
      { id: 'pair', image, target: image },
      randomStream(4),
    );
    expect(changed.target).toEqual(changed.image);
  }
});

test('noise is normal', () => {
  const values = new Float32Array(200_000).fill(0.5);
  addNormalNoise(values, 0.05, randomStream(7));
  const sorted = values.map((value) => (value - 0.5) / 0.05).sort();
  const moment = (power: number) =>
    sorted.reduce((sum, value) => sum + value ** power, 0) / sorted.length;
  // Standard errors of 200,000 draws: 0.0022, 0.0032, 0.0055 (sqrt 6), 0.011 (sqrt 24); four of them are allowed.
  expect(Math.abs(moment(1))).toBeLessThan(0.009);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.013);
  expect(Math.abs(moment(3))).toBeLessThan(0.035);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.09);
  // Quantiles of the normal distribution, the last two in the tail that is drawn apart (beyond 3.44). Their errors are
  // sqrt(p (1 - p) / 200,000) over the density there: 0.0028, 0.0029, 0.0083, 0.03.
  const quantile = (p: number) => sorted[Math.floor(p * sorted.length)]!;
  expect(Math.abs(quantile(0.5))).toBeLessThan(0.012);
  expect(Math.abs(quantile(0.25) + 0.67449)).toBeLessThan(0.013);
  expect(Math.abs(quantile(0.99) - 2.32635)).toBeLessThan(0.035);
  expect(Math.abs(quantile(0.999) - 3.09023)).toBeLessThan(0.1);
  // Of 200,000, 115 are expected beyond 3.442619855899, where erfc(x / sqrt 2) is 5.76e-4; standard deviation 10.7.
  const beyond = sorted.filter((value) => Math.abs(value) > 3.442619855899).length;
  expect(Math.abs(beyond - 115)).toBeLessThan(43);
});

test('clahe keeps hue and saturation, and gives black a gray', () => {
  const image = imageOf(3);
  image.data.fill(0, 0, 3);
  const changed = makeTransform(clahe, { tiles: 2 }).apply({ id: 'c', image }, randomStream(0));
  for (let i = 3; i < image.data.length; i += 3) {
    const [before, after] = [image.data, changed.image.data].map((data) => data.subarray(i, i + 3));
    const factor = Math.max(...after!) / Math.max(...before!);
    expect(after!).toBeAllClose(
      before!.map((value) => value * factor),
      { rtol: 1e-5, atol: 1e-6 },
    );
  }
  expect(new Set(changed.image.data.subarray(0, 3)).size).toBe(1);
});

test('cutout covers squares, whose labels count or do not', () => {
  const sample = sampleOf();
  const options = { size: 0.5, fill: 0.5, count: 2 };
  const covered = makeTransform(cutout, { ...options, labels: 'ignore' });
  let whole = 0;
  for (let seed = 0; seed < 30; seed++) {
    const changed = covered.apply(sample, randomStream(seed));
    const kept = makeTransform(cutout, options).apply(sample, randomStream(seed));
    expect(kept.image).toEqual(changed.image);
    expect(kept.labels).toBe(sample.labels);
    let hidden = 0;
    changed.labels!.data.forEach((label, i) => {
      const colors = changed.image.data.subarray(3 * i, 3 * i + 3);
      const isHidden = colors.every((value) => value === 0.5);
      expect(label).toBe(isHidden ? 255 : sample.labels!.data[i]);
      expect(changed.weights!.data[i]).toBe(isHidden ? 0 : 3);
      expect(changed.instances!.data[i]).toBe(isHidden ? 0 : i);
      hidden += Number(isHidden);
    });
    // Squares of 6 x 6 that may overlap and reach outside: a quarter of one at least.
    expect(hidden).toBeGreaterThanOrEqual(9);
    expect(hidden).toBeLessThanOrEqual(72);
    whole += Number(hidden === 72);
  }
  expect(whole).toBeGreaterThan(0);
});

test.each([
  { plugin: colorJitter, options: { brightness: 2 } },
  { plugin: colorJitter, options: { contrast: [-1, 1] } },
  { plugin: colorJitter, options: { hsvShift: { lightness: 1 } } },
  { plugin: gamma, options: { gamma: 0 } },
  { plugin: gaussianNoise, options: { sigma: -1 } },
  { plugin: blur, options: { sigma: [2, 1] } },
  { plugin: cutout, options: { size: 2 } },
  { plugin: cutout, options: { fill: 'white' } },
  { plugin: clahe, options: { tiles: 0 } },
])('$plugin.name refuses $options', ({ plugin, options }) => {
  expect(() => makeTransform(plugin, options)).toThrow();
});
