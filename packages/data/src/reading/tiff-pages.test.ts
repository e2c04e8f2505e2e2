import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { readImage } from './read-image.js';
import { readMask } from './read-mask.js';
import { fullPages } from './tiff-pages.js';

/** Made by `oracles/tiff_files.py`, with the pixels that went in. */
const folder = fileURLToPath(new URL('../../../../oracles/fixtures/tiffs', import.meta.url));

test.each(['overviews.tif', 'overviews-big.tif'])('%s is one image with a copy', async (name) => {
  const path = join(folder, name);
  expect(await fullPages(path)).toEqual([0]);
  expect(await fullPages(await readFile(path))).toEqual([0]);
  const values = JSON.parse(await readFile(join(folder, 'values.json'), 'utf8')) as Readonly<
    Record<string, readonly (readonly number[])[]>
  >;
  const stored = values[name]?.[0] ?? [];
  const image = await readImage(path);
  expect(image).toMatchObject({ height: 4, width: 6, channels: 1 });
  expect(image.data).toBeAllClose(stored.map((value) => value / 255));
  expect([...(await readMask(path)).data]).toEqual(stored);
});

test('pages of stacks are images of their own', async () => {
  expect(await fullPages(join(folder, 'volume.tif'))).toEqual([0, 1, 2]);
  expect(await fullPages(join(folder, 'wide.tif'))).toEqual([0, 1]);
});

test('a list of pages that is cut off, or leads in circles, ends', async () => {
  const bytes = await readFile(join(folder, 'volume.tif'));
  expect(await fullPages(bytes.subarray(0, 500))).toBeUndefined();
  expect(await fullPages(bytes.subarray(0, 3))).toBeUndefined();
  const temporary = await mkdtemp(join(tmpdir(), 'segkit-pages-'));
  try {
    // One page without tags, whose next page is itself.
    const circle = Buffer.from('II*\0\x08\0\0\0\0\0\x08\0\0\0\0\0', 'latin1');
    const path = join(temporary, 'circle.tif');
    await writeFile(path, circle);
    expect(await fullPages(circle)).toBeUndefined();
    await expect(readImage(path)).rejects.toThrow(/circle\.tif: expected/);
  } finally {
    await rm(temporary, { recursive: true });
  }
});
