import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DataError, type Dataset } from '@segkit/core';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { imageFolderFixture } from '../image-folder/image-folder.test-support.js';
import { labelsOf, makeDataset } from '../make-component.test-support.js';
import { tiffStack, type TiffStackOptions } from './tiff-stack.js';

/** Made by `oracles/tiff_files.py`, with the pixels that went in. */
const folder = fileURLToPath(new URL('../../../../oracles/fixtures/tiffs', import.meta.url));
const values = JSON.parse(readFileSync(join(folder, 'values.json'), 'utf8')) as Readonly<
  Record<string, readonly (readonly number[])[]>
>;

const labels = labelsOf({ membrane: [0], cell: [255] }, []);
const open = (options: Partial<TiffStackOptions> = {}, root = folder): Dataset =>
  makeDataset(
    tiffStack,
    { root, images: 'volume.tif', masks: 'labels.tif', ...options },
    { labels, baseFolder: folder },
  );

test('pages are samples', async () => {
  const dataset = open();
  await dataset.prepare();
  expect([dataset.length, dataset.channels]).toEqual([3, 1]);
  for (const page of [2, 0, 1]) {
    const sample = await dataset.load(page);
    expect(sample.id).toBe(`volume-0${String(page)}`);
    expect(sample.image).toMatchObject({ height: 4, width: 5, channels: 1 });
    const stored = values['volume.tif']?.[page] ?? [];
    expect(sample.image.data).toBeAllClose(stored.map((value) => value / 255));
    const classes = values['labels.tif']?.[page]?.map((value) => value / 255);
    expect([...(sample.labels?.data ?? [])]).toEqual(classes);
  }
});

test.each([
  ['wide.tif', 65535],
  ['floats.tif', 1],
])('pages of %s', async (images, full) => {
  const dataset = open({ images, masks: null, range: [1, 2] });
  await dataset.prepare();
  expect(dataset.length).toBe(1);
  const sample = await dataset.load(0);
  expect(sample.id).toBe(`${images.slice(0, -4)}-01`);
  expect(sample.image.data).toBeAllClose(values[images]?.[1]?.map((value) => value / full) ?? []);
});

test('object ids page by page', async () => {
  const dataset = open({ maskFormat: 'instances' });
  await dataset.prepare();
  const { instances } = await dataset.load(0);
  expect([...(instances?.data ?? [])]).toEqual(values['labels.tif']?.[0]);
});

test('stacks that are missing, empty, cut off, of other formats, or do not fit', async () => {
  const failure = async (message: RegExp, options: Partial<TiffStackOptions>, root = folder) => {
    await expect(open(options, root).prepare()).rejects.toBeInstanceOf(DataError);
    await expect(open(options, root).prepare()).rejects.toThrow(message);
  };
  await failure(/none\.tif: expected an image file, found no such file/, { images: 'none.tif' });
  await failure(/labels\.tif: expected 2 pages as .*wide\.tif, found 3/, { images: 'wide.tif' });
  await failure(/at least 4 images for range \[2, 4\], found 3/, { range: [2, 4] });
  const files = await imageFolderFixture();
  try {
    await files.file('empty.tif', '');
    await failure(/empty\.tif: .*0 bytes/, { images: 'empty.tif', masks: null }, files.folder);
    await files.file('text.tif', 'no image');
    await failure(/text\.tif: .*some other format/, { images: 'text.tif' }, files.folder);
    const page = await sharp(Buffer.of(0), { raw: { width: 1, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    const pages = sharp([page, page, page], { join: { animated: true } });
    await files.file('small.tif', await pages.tiff().toBuffer());
    const volume = readFileSync(join(folder, 'volume.tif'));
    await files.file('volume.tif', volume);
    await failure(
      /small\.tif page 0: expected 4x5 .*volume\.tif page 0, found 1x1/,
      { masks: 'small.tif', range: [0, 1] },
      files.folder,
    );
    // What describes the last page ends the file.
    await files.file('cut.tif', volume.subarray(0, volume.length - 100));
    const cut = { images: 'cut.tif', masks: null };
    await failure(/cut\.tif page 0: expected a whole TIFF, found a damaged/, cut, files.folder);
  } finally {
    await files.remove();
  }
});
