import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseLabels, type Dataset, type LabelSchema, type Sample } from '@segkit/core';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  imageFolderFixture,
  type ImageFolderFixture,
} from '../image-folder/image-folder.test-support.js';
import { imageFolder } from '../image-folder/image-folder.js';
import { makeDataset } from '../make-component.test-support.js';
import { shards } from './shards.js';
import { writeShards } from './write-shards.js';

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

interface WrittenConfig {
  readonly data: {
    readonly labels: Parameters<typeof parseLabels>[0];
    readonly train: Record<string, unknown>;
  };
}

/** The written config's training set, as a run would open it. */
function reopen(folder: string): { dataset: Dataset; labels: LabelSchema } {
  const text = readFileSync(join(folder, 'segkit.config.json'), 'utf8');
  const { data } = JSON.parse(text) as WrittenConfig;
  const labels = parseLabels(data.labels);
  const { name, ...options } = data.train;
  expect(name).toBe('shards');
  return { labels, dataset: makeDataset(shards, options, { labels, baseFolder: folder }) };
}

async function samplesOf(dataset: Dataset): Promise<Sample[]> {
  await dataset.prepare();
  return Promise.all(Array.from({ length: dataset.length }, (_, index) => dataset.load(index)));
}

/** Writes a folder's samples and reads them again. */
async function roundTrip(options: object, labels: LabelSchema, bytes = 1e6) {
  const open = () =>
    makeDataset(imageFolder, { root: '.', ...options }, { labels, baseFolder: files.folder });
  const to = join(files.folder, 'out');
  const splits = [{ name: 'train', dataset: open() } as const];
  const written = await writeShards(splits, labels, to, { bytes });
  const again = reopen(to);
  const [before, after] = [await samplesOf(open()), await samplesOf(again.dataset)];
  for (const [index, sample] of before.entries()) {
    expect(after[index]?.image).toEqual(sample.image);
    expect(after[index]?.labels).toEqual(sample.labels);
    expect(after[index]?.instances).toEqual(sample.instances);
  }
  expect(after).toHaveLength(before.length);
  return { to, written, after };
}

const sparse = parseLabels({
  classes: ['background', { name: 'cell', values: [7, 9] }, { name: 'dirt', values: [8], id: 40 }],
  ignoreIndex: 255,
});

test('samples come back as they were: values, ids, long names, several tars', async () => {
  const long = `ü${'n'.repeat(150)}`;
  for (const stem of ['a.b', long, 'photo']) {
    await files.image(`masks/${stem}.png`, [
      [0, 7, 8],
      [9, 255, 0],
    ]);
  }
  await files.image('images/a.b.png', [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  await files.image(`images/${long}.png`, [
    [9, 2, 3],
    [4, 5, 255],
  ]);
  const noise = Uint8Array.from({ length: 6 }, (_, index) => index * 40);
  const photo = sharp(noise, { raw: { width: 3, height: 2, channels: 1 } });
  await files.file('images/photo.jpg', await photo.toColourspace('b-w').jpeg().toBuffer());

  const { to, written, after } = await roundTrip({}, sparse, 1024);
  expect(written).toEqual({
    folder: to,
    config: 'segkit.config.json',
    splits: [{ name: 'train', samples: 3, shards: 3 }],
  });
  expect(readdirSync(to).sort()).toEqual([
    'segkit.config.json',
    ...[0, 1, 2].map((index) => `train-00000${String(index)}.tar`),
  ]);
  expect(after.map(({ id }) => id)).toEqual(['a_b', 'photo', long]);
  // The photo is the same file.
  const tar = readFileSync(join(to, 'train-000001.tar'));
  expect(tar.includes(readFileSync(join(files.folder, 'images/photo.jpg')))).toBe(true);
});

test('what options make of images is written, and masks of object ids stay such', async () => {
  const labels = parseLabels({ classes: ['background', 'cell'] });
  const wide = sharp(Uint16Array.of(0, 5, 4095, 70), { raw: { width: 2, height: 2, channels: 1 } });
  await files.file('images/a.png', await wide.toColourspace('grey16').png().toBuffer());
  await files.image('masks/a.png', [
    [0, 200],
    [3, 0],
  ]);
  const { after } = await roundTrip({ maskFormat: 'instances', channels: 3 }, labels);
  expect(after[0]?.image.channels).toBe(3);
  expect([...(after[0]?.instances?.data ?? [])]).toEqual([0, 200, 3, 0]);
});

test('equal data give equal tars', async () => {
  await files.image('images/a.png', [[1, 2]]);
  await files.image('masks/a.png', [[0, 7]]);
  const open = () =>
    makeDataset(imageFolder, { root: '.' }, { labels: sparse, baseFolder: files.folder });
  const write = async (name: string) => {
    const to = join(files.folder, name);
    await writeShards([{ name: 'train', dataset: open() }], sparse, to);
    return readFileSync(join(to, 'train-000000.tar'));
  };
  expect((await write('one')).equals(await write('two'))).toBe(true);
});

test('what cannot be written leaves nothing behind', async () => {
  await files.image('images/a.png', [[1, 2]]);
  await files.image('masks/a.png', [[0, 3]]);
  const to = join(files.folder, 'out');
  const write = (options: object = {}, folder = to) => {
    const setup = { labels: sparse, baseFolder: files.folder };
    const dataset = makeDataset(imageFolder, { root: '.', ...options }, setup);
    return writeShards([{ name: 'train', dataset }], sparse, folder);
  };
  await expect(write()).rejects.toThrow(/masks hold values outside the classes: 3/);
  await expect(write({ masks: null, targets: 'images' })).rejects.toThrow(/shards hold none/);
  await expect(write({ root: 'none' })).rejects.toThrow(/expected a folder of images/);
  await expect(write({}, files.folder)).rejects.toThrow(/expected a new or empty folder/);
  await files.file('images/a.png', 'damaged');
  await expect(write()).rejects.toThrow(/a\.png: expected a PNG/);
  expect(readdirSync(files.folder).sort()).toEqual(['images', 'masks']);
});

test('names that become the same', async () => {
  for (const stem of ['a.b', 'a_b']) {
    await files.image(`images/${stem}.png`, [[1, stem.length, stem.charCodeAt(1)]]);
    await files.image(`masks/${stem}.png`, [[0, 7, 8]]);
  }
  const labels = sparse;
  const dataset = makeDataset(imageFolder, { root: '.' }, { labels, baseFolder: files.folder });
  const to = join(files.folder, 'out');
  await expect(writeShards([{ name: 'train', dataset }], labels, to)).rejects.toThrow(
    /expected every name once, found a_b twice/,
  );
});
