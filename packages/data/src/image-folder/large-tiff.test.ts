import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { randomStream, type Dataset } from '@segkit/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { makeDataset, makeTransform } from '../make-component.test-support.js';
import { cropSample, randomCrop } from '../transforms/random-crop.js';
import { imageFolder } from './image-folder.js';

// 4200 * 4000 pixels are just more than 2^24.
const [height, width] = [4200, 4000];
let folder: string;
let dataset: Dataset;

/** Writes a gray TIFF whose pixels are a function of row and column. */
async function writeTiff(
  name: string,
  value: (y: number, x: number) => number,
  options: object = { tile: true },
): Promise<void> {
  const data = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data[y * width + x] = value(y, x);
  }
  const image = sharp(data, { raw: { height, width, channels: 1 } }).toColourspace('b-w');
  await image.tiff({ compression: 'none', ...options }).toFile(join(folder, name));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-large-'));
  for (const name of ['images', 'masks']) await mkdir(join(folder, name));
  await writeTiff('images/a.tif', (y, x) => (3 * y + x) & 255);
  await writeTiff('masks/a.tif', (y, x) => Number((y * x) % 7 === 0), { tile: false });
  dataset = makeDataset(imageFolder, { root: folder });
  await dataset.prepare();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a region of a large TIFF is what a crop of the whole image is', async () => {
  expect(await dataset.largeSize?.(0)).toEqual({ height, width });
  const whole = await dataset.load(0);
  for (const box of [
    { top: 0, left: 0, height: 5, width: 7 },
    { top: 4090, left: 3900, height: 110, width: 100 },
  ]) {
    const region = await dataset.loadRegion?.(0, box);
    const { id, image, labels } = cropSample(whole, box);
    expect(region?.id).toBe(id);
    expect([region?.image, region?.labels]).toEqual([image, labels]);
  }
});

test('every tile of a large mask is checked', async () => {
  await writeTiff('masks/a.tif', (y, x) => (y === 4199 && x === 3999 ? 9 : y & 1));
  const damaged = makeDataset(imageFolder, { root: folder });
  await expect(damaged.prepare()).rejects.toThrow(/masks\/a\.tif.*9/s);
});

test('the box of random-crop is the one that it cuts', () => {
  const crop = makeTransform(randomCrop, { size: 2 });
  const data = Float32Array.from({ length: 99 }, (_, i) => i);
  const sample = { id: 'a', image: { height: 9, width: 11, channels: 1, data } };
  for (let seed = 0; seed < 5; seed++) {
    const box = crop.region?.(sample.image, randomStream(seed));
    expect(box && cropSample(sample, box)).toEqual(crop.apply(sample, randomStream(seed)));
  }
  expect(() => crop.region?.({ height: 1, width: 9 }, randomStream(0))).toThrow(/at least 2x2/);
});
