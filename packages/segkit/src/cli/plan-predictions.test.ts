import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { ConfigError, DataError } from '@segkit/core';
import { expect, test } from 'vitest';

import { findImages } from './find-images.js';
import { planPredictions } from './plan-predictions.js';
import type { FormatName } from './prediction-formats.js';
import { temporaryFolder } from './temporary-folder.test-support.js';

async function plan(images: string, out: string, formats: FormatName[] = ['labels'], tiff = false) {
  const found = await findImages(images, out);
  return planPredictions(
    found.map((image) => ({ ...image, tiff })),
    out,
    formats,
  );
}

function filesOf(planned: Awaited<ReturnType<typeof plan>>): string[] {
  return planned.flatMap(({ outputs }) => [...outputs.values()]);
}

test('a file or the images of a folder, written under their names', async () => {
  const folder = temporaryFolder({ 'a.jpg': '', 'b.tif': '', 'notes.txt': '', 'sub/ä ö.png': '' });
  const single = await plan(join(folder, 'b.tif'), 'out');
  expect(single).toEqual([
    { input: join(folder, 'b.tif'), outputs: new Map([['labels', 'out/b.png']]) },
  ]);
  expect(filesOf(await plan(folder, 'out'))).toEqual(['out/a.png', 'out/b.png', 'out/sub/ä ö.png']);
});

test('names of every format, for small and for large images', async () => {
  const folder = temporaryFolder({ 'a.jpg': '' });
  const all: FormatName[] = [
    ...(['labels', 'color', 'overlay', 'probabilities'] as const),
    ...(['npy', 'polygons', 'instances'] as const),
  ];
  expect(filesOf(await plan(folder, 'out', all))).toEqual([
    ...['out/a.png', 'out/a-color.png', 'out/a-overlay.png', 'out/a-probabilities.tif'],
    ...['out/a-probabilities.npy', 'out/a.geojson', 'out/a-instances.png'],
  ]);
  expect(filesOf(await plan(folder, 'out', all, true))).toEqual([
    ...['out/a.tif', 'out/a-color.tif', 'out/a-overlay.tif', 'out/a-probabilities.tif'],
    ...['out/a-probabilities.npy', 'out/a.geojson', 'out/a-instances.tif'],
  ]);
});

test('predictions among the images, hidden files and links in a circle are passed over', async () => {
  const folder = temporaryFolder({ 'a.png': '', '.b.png': '', 'maps/a.png': '', 'c/d.png': '' });
  symlinkSync(folder, join(folder, 'c', 'back'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'lost'));
  const found = await findImages(folder, join(folder, 'maps'));
  expect(found.map(({ input }) => input)).toEqual([join(folder, 'a.png'), join(folder, 'c/d.png')]);
});

test('no images are an error', async () => {
  const folder = temporaryFolder({ 'notes.txt': '' });
  await expect(plan(folder, 'out')).rejects.toThrow(DataError);
  await expect(plan(join(folder, 'none'), 'out')).rejects.toThrow(DataError);
});

test('images are not written over, nor predictions over each other', async () => {
  const folder = temporaryFolder({ 'a.png': '' });
  await expect(plan(folder, folder)).rejects.toThrow(ConfigError);
  await expect(plan(folder, folder)).rejects.toThrow(/a\.png is also the image itself/);
  const clash = temporaryFolder({ 'a.jpg': '', 'a-overlay.jpg': '' });
  await expect(plan(clash, 'out', ['labels', 'overlay'])).rejects.toThrow(
    /a-overlay\.png is also what/,
  );
  const twice = temporaryFolder({ 'a.jpg': '', 'a.tif': '' });
  await expect(plan(twice, 'out')).rejects.toThrow(/a\.png is also what .*a\.jpg is written to/);
});
