import { parseLabels, type Dataset } from '@segkit/core';
import { encode } from 'fast-png';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  imageFolderFixture,
  type ImageFolderFixture,
} from '../image-folder/image-folder.test-support.js';
import { makeDataset } from '../make-component.test-support.js';
import { encodeLabelPng } from '../output/write-label-png.js';
import { decodeIndexedPng } from '../reading/decode-indexed-png.js';
import { cityscapesLabels } from './cityscapes-labels.js';
import { cityscapes, type CityscapesOptions } from './cityscapes.js';

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

const labels = parseLabels(cityscapesLabels);
const open = (options: Partial<CityscapesOptions> = {}): Dataset =>
  makeDataset(cityscapes, { root: '.', ...options }, { labels, baseFolder: files.folder });

async function frame(city: string, row: readonly number[]): Promise<void> {
  const stem = `${city}/${city}_000000_000019`;
  await files.image(`leftImg8bit/train/${stem}_leftImg8bit.png`, [row.map(() => 5)]);
  await files.image(`gtFine/train/${stem}_gtFine_labelIds.png`, [row]);
  // Beside the label ids lie files that are not read.
  await files.image(`gtFine/train/${stem}_gtFine_instanceIds.png`, [row]);
}

/** Label ids 0 to 33 and their train ids, from cityscapesScripts' labels.py; 255 is ignored. */
const trainIds = [
  255, 255, 255, 255, 255, 255, 255, 0, 1, 255, 255, 2, 3, 4, 255, 255, 255, 5, 255, 6, 7, 8, 9, 10,
  11, 12, 13, 14, 15, 255, 255, 16, 17, 18,
];

test('label ids become train ids', async () => {
  await frame('aachen', [...trainIds.keys(), 255]);
  const dataset = open();
  await dataset.prepare();
  const sample = await dataset.load(0);
  expect(sample.id).toBe('aachen/aachen_000000_000019');
  expect([...(sample.labels?.data ?? [])]).toEqual([...trainIds, 255]);
});

test('label maps are written as label ids, as the benchmark takes them', () => {
  const data = Int32Array.from(labels.classes.keys());
  const png = encodeLabelPng({ height: 1, width: 19, channels: 1, data }, labels);
  const written = decodeIndexedPng('map.png', Buffer.from(png));
  const learned = [...trainIds.keys()].filter((id) => trainIds[id] !== 255);
  expect([...(written?.data ?? [])]).toEqual(learned);
});

test('objects are told apart by instance ids; groups and what has no objects have none', async () => {
  // Road, a group of persons, two cars, a caravan, which is ignored.
  await frame('aachen', [7, 24, 26, 26, 29]);
  const path = 'gtFine/train/aachen/aachen_000000_000019_gtFine_instanceIds.png';
  const ids = Uint16Array.of(7, 24, 26000, 26011, 29001);
  await files.file(path, encode({ width: 5, height: 1, channels: 1, depth: 16, data: ids }));
  const dataset = open({ objects: true });
  await dataset.prepare();
  const { labels: found, instances } = await dataset.load(0);
  expect([...found!.data]).toEqual([0, 11, 13, 13, 255]);
  expect([...instances!.data]).toEqual([0, 0, 26000, 26011, 0]);
  const plain = open();
  await plain.prepare();
  expect((await plain.load(0)).instances).toBeUndefined();
  await frame('bern', [7]);
  await files.image('gtFine/train/bern/bern_000000_000019_gtFine_instanceIds.png', [[7, 7]]);
  await expect(open({ objects: true }).prepare()).rejects.toThrow(/instanceIds\.png: expected 1x1/);
  expect(() => open({ objects: true, annotations: null })).toThrow(/leave one of them out/);
});

test('cities are chosen by name', async () => {
  for (const city of ['aachen', 'bern', 'köln']) await frame(city, [7, 8]);
  const dataset = open({ cities: ['köln', 'bern'] });
  await dataset.prepare();
  expect(dataset.length).toBe(2);
  await expect(open({ cities: ['paris'] }).prepare()).rejects.toThrow(
    /expected the cities paris, found aachen, bern, köln; correct cities/,
  );
  const bare = open({ annotations: null, range: [0, 1] });
  await bare.prepare();
  expect((await bare.load(0)).labels).toBeUndefined();
});

test('an image without label ids', async () => {
  await frame('aachen', [7, 8]);
  await files.image('leftImg8bit/train/bern/bern_0_leftImg8bit.png', [[1]]);
  await expect(open().prepare()).rejects.toThrow(
    /none for 1 of 2: bern\/bern_0; add bern\/bern_0_gtFine_labelIds\.png/,
  );
});
