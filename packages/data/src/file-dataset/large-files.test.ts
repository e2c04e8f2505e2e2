// Crops of TIFFs that are too large to be decoded for each of them.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { DataError, type Dataset } from '@segkit/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { labelsOf } from '../make-component.test-support.js';
import {
  imageFolderFixture,
  type ImageFolderFixture,
} from '../image-folder/image-folder.test-support.js';
import { cropRaster } from '../rasters/crop-raster.js';

const [height, width] = [4160, 4224];
const labels = labelsOf({ even: [0], odd: [1] });
let files: ImageFolderFixture;

/** Writes a TIFF of one channel, a function of row and column. */
async function write(
  path: string,
  value: (row: number, column: number) => number,
  { tile = true, size = [height, width] as const } = {},
): Promise<void> {
  const [rows, columns] = size;
  const data = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      data[row * columns + column] = value(row, column);
  }
  await files.file(`${path}/keep`, '');
  const raw = { height: rows, width: columns, channels: 1 } as const;
  await sharp(data, { raw })
    .toColourspace('b-w')
    .tiff({ tile, tileWidth: 256, tileHeight: 256, compression: 'lzw' })
    .toFile(join(files.folder, path, 'field.tif'));
}

const pixel = (row: number, column: number): number => (row * 7 + column * 3) % 256;
const label = (row: number, column: number): number => ((row >> 6) + (column >> 6)) % 2;

beforeAll(async () => {
  files = await imageFolderFixture();
  await write('images', pixel);
  await write('masks', label, { tile: false });
});
afterAll(() => files.remove());

const folder = (options: object = {}): Dataset => files.dataset(options, { labels });

test('a crop of a large image and of its mask is that of the whole', async () => {
  const dataset = folder();
  await dataset.prepare();
  expect(await dataset.largeSize?.(0)).toEqual({ height, width });
  const whole = await dataset.load(0);
  for (const box of [
    { top: 0, left: 0, height: 300, width: 5 },
    { top: 1001, left: 3990, height: 129, width: 234 },
    { top: height - 1, left: width - 1, height: 1, width: 1 },
  ]) {
    const part = await dataset.loadRegion?.(0, box);
    expect(part?.id).toBe(whole.id);
    expect(part?.image).toEqual(cropRaster(whole.image, box));
    expect(part?.labels).toEqual(cropRaster(whole.labels!, box));
  }
});

test('options of images hold for crops', async () => {
  const dataset = folder({ channels: 3, valueRange: [0, 51], check: 'first' });
  await dataset.prepare();
  const part = await dataset.loadRegion?.(0, { top: 2, left: 1, height: 1, width: 2 });
  // Pixels 17 and 20 of 51.
  expect(part?.image.channels).toBe(3);
  expect([...part!.image.data]).toBeAllClose([17, 17, 17, 20, 20, 20].map((value) => value / 51));
});

test('a value outside the classes anywhere in a large mask is found beforehand', async () => {
  await write('odd', (row, column) =>
    row === height - 1 && column === 7 ? 9 : label(row, column),
  );
  await expect(folder({ masks: 'odd' }).prepare()).rejects.toThrow(
    /outside the classes: 9, .* in 1 of 1 masks/,
  );
  await rm(join(files.folder, 'odd'), { recursive: true });
});

test('a mask of another size is found by its header', async () => {
  await write('short', label, { size: [height - 8, width] });
  const start = folder({ masks: 'short' }).prepare();
  await expect(start).rejects.toThrow(DataError);
  await expect(start).rejects.toThrow(/expected 4160x4224 .* found 4152x4224/);
  await rm(join(files.folder, 'short'), { recursive: true });
});

test('with a mask that cannot be read in parts the sample is read whole', async () => {
  await files.file('pngs/keep', '');
  await sharp(join(files.folder, 'masks', 'field.tif'))
    .png()
    .toFile(join(files.folder, 'pngs', 'field.png'));
  const dataset = folder({ masks: 'pngs', check: 'first' });
  await dataset.prepare();
  expect(await dataset.largeSize?.(0)).toBeUndefined();
});
