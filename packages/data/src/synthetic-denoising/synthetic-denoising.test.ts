import { DataError, type Dataset, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { makeDataset } from '../make-component.test-support.js';
import { syntheticDenoising, type SyntheticDenoisingOptions } from './synthetic-denoising.js';

const make = (options: SyntheticDenoisingOptions = {}): Dataset =>
  makeDataset(syntheticDenoising, { count: 3, ...options });

function differences({ image, target }: Sample): Float32Array {
  return image.data.map((value, i) => value - Number(target?.data[i]));
}

test('the same seed and index give the same pair, others another', async () => {
  const first = await make().load(0);
  expect(await make({ count: 9 }).load(0)).toEqual(first);
  expect(first.image).toMatchObject({ height: 128, width: 128, channels: 1 });
  expect(first.target).toMatchObject({ height: 128, width: 128, channels: 1 });
  expect(first.labels).toBeUndefined();
  expect((await make().load(1)).target).not.toEqual(first.target);
  expect((await make({ seed: 1 }).load(0)).target).not.toEqual(first.target);
});

test('the noise has the standard deviation asked for, and leaves the clean image alone', async () => {
  const light = await make({ noise: 0.05 }).load(0);
  const heavy = await make({ noise: 0.1 }).load(0);
  expect(heavy.target).toEqual(light.target);
  for (const [sample, sigma] of [
    [light, 0.05],
    [heavy, 0.1],
  ] as const) {
    const noise = differences(sample);
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length;
    // 16,384 pixels give the deviation to about half a percent; cutting to [0, 1] takes a little away.
    expect(Math.sqrt(variance)).toBeGreaterThan(0.9 * sigma);
    expect(Math.sqrt(variance)).toBeLessThan(1.02 * sigma);
    expect(sample.image.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  }
  expect(differences(await make({ noise: 0 }).load(0)).every((value) => value === 0)).toBe(true);
});

test('wrong options and indices are errors', async () => {
  expect(() => make({ size: 64, height: 64 })).toThrow(/either size, or height and width/);
  expect(() => make({ cells: [5, 4] })).toThrow(/fewest <= most/);
  expect(() => make({ noise: -1 })).toThrow(/noise/);
  await expect(make().load(3)).rejects.toThrow(DataError);
});
