import { ConfigError, DataError, type Dataset, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { labelsOf, makeDataset, plainLabels } from '../make-component.test-support.js';
import { thresholdBaseline } from './otsu.js';
import { syntheticCells, type SyntheticCellsOptions } from './synthetic-cells.js';

const make = (options: SyntheticCellsOptions = {}, labels = plainLabels): Dataset =>
  makeDataset(syntheticCells, options, { labels });

const loadAll = (dataset: Dataset): Promise<Sample[]> =>
  Promise.all(Array.from({ length: dataset.length }, (_, index) => dataset.load(index)));

test('the same seed and index give the same sample, others another', async () => {
  const dataset = make({ count: 3, size: 64 });
  await dataset.prepare();
  expect([dataset.length, dataset.channels]).toEqual([3, 1]);
  const [first, second] = await loadAll(dataset);
  expect(await make({ count: 9, size: 64 }).load(0)).toEqual(first);
  expect(second?.image).not.toEqual(first?.image);
  const other = await make({ count: 3, size: 64, seed: 1 }).load(0);
  expect(other.image).not.toEqual(first?.image);
  expect(other.id).not.toBe(first?.id);
});

test('images are in [0, 1], labels follow the ids, ids are closed up', async () => {
  for (const { image, labels: truth, instances } of await loadAll(make({ count: 4 }))) {
    expect(image).toMatchObject({ height: 128, width: 128, channels: 1 });
    expect(image.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    const ids = instances?.data ?? new Int32Array();
    expect(truth?.data).toEqual(ids.map((id) => Math.min(id, 1)));
    const found = [...new Set(ids)].sort((a, b) => a - b);
    expect(found).toEqual(found.map((_, index) => index));
    expect(found.length).toBeGreaterThan(8);
    expect(found.length).toBeLessThanOrEqual(23);
  }
});

test('cells touch but for a thin line', async () => {
  const { instances } = await make({ count: 1 }).load(0);
  const ids = instances?.data ?? new Int32Array();
  let adjacent = 0;
  let near = 0;
  for (let at = 0; at + 3 < ids.length; at++) {
    const differs = (step: number) =>
      Number(ids[at]) > 0 && Number(ids[at + step]) > 0 && ids[at] !== ids[at + step];
    if (at % 128 < 125 && differs(1)) adjacent += 1;
    if (at % 128 < 125 && differs(3)) near += 1;
  }
  expect(adjacent).toBe(0);
  expect(near).toBeGreaterThan(50);
});

test('height and width, cells, and plain light can be chosen', async () => {
  const options = { count: 1, height: 40, width: 72, noise: 0, blur: 0, shading: 0 } as const;
  const empty = await make({ ...options, cells: [0, 0] }).load(0);
  expect(empty.image).toMatchObject({ height: 40, width: 72 });
  expect(empty.labels?.data.every((label) => label === 0)).toBe(true);
  const one = await make({ ...options, cells: [1, 1] }).load(0);
  expect(Math.max(...(one.instances?.data ?? []))).toBe(1);
});

test('a threshold does badly', async () => {
  const { meanIoU } = thresholdBaseline(await loadAll(make({ count: 12 })), plainLabels);
  expect(meanIoU).toBeGreaterThan(0.55);
  expect(meanIoU).toBeLessThan(0.75);
});

test('wrong options, classes and indices are errors', async () => {
  expect(() => make({ size: 64, height: 64 })).toThrow(/either size, or height and width/);
  expect(() => make({ height: 64 })).toThrow(/either size, or height and width/);
  expect(() => make({ cells: [5, 4] })).toThrow(/fewest <= most/);
  expect(() => make({}, labelsOf({ background: [0], cell: [1], other: [2] }))).toThrow(ConfigError);
  await expect(make({ count: 2 }).load(2)).rejects.toThrow(DataError);
});
