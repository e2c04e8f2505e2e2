import { parseLabels, type Dataset } from '@segkit/core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  imageFolderFixture,
  type ImageFolderFixture,
} from '../image-folder/image-folder.test-support.js';
import { makeDataset } from '../make-component.test-support.js';
import { camvidLabels } from './camvid-labels.js';
import { stemOfLine } from './camvid-list.js';
import { camvid, type CamvidOptions } from './camvid.js';

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

const open = (options: Partial<CamvidOptions> = {}): Dataset =>
  makeDataset(
    camvid,
    { root: '.', ...options },
    { labels: parseLabels(camvidLabels), baseFolder: files.folder },
  );

async function pair(images: string, masks: string, id: string): Promise<void> {
  await files.image(`${images}/${id}.png`, [[1, 2, 3]]);
  await files.image(`${masks}/${id}.png`, [[0, 10, 11]]);
}

async function ids(dataset: Dataset): Promise<string[]> {
  await dataset.prepare();
  const indices = Array.from({ length: dataset.length }, (_, index) => index);
  return Promise.all(indices.map(async (index) => (await dataset.load(index)).id));
}

test("SegNet's folders and its list of paths", async () => {
  for (const id of ['x_1', 'x_2', 'x_3']) await pair('val', 'valannot', id);
  const dataset = open({ split: 'val' });
  expect(await ids(dataset)).toEqual(['x_1', 'x_2', 'x_3']);
  const { labels } = await dataset.load(0);
  expect([...(labels?.data ?? [])]).toEqual([0, 10, 255]);
  const lines = ['x_3', 'x_1'].map(
    (id) => `/SegNet/CamVid/val/${id}.png /SegNet/CamVid/valannot/${id}.png`,
  );
  await files.file('val.txt', lines.join('\n'));
  expect(await ids(open({ split: 'val' }))).toEqual(['x_3', 'x_1']);
  expect(await ids(open({ split: 'val', range: [1, 2] }))).toEqual(['x_1']);
});

test('images and masks inside the folder of the split', async () => {
  await pair('train/images', 'train/masks', 'a');
  await files.file('train.txt', 'a\n');
  expect(await ids(open())).toEqual(['a']);
});

test.each([
  ['0001TP_006690', '0001TP_006690'],
  ['0001TP_006690.png', '0001TP_006690'],
  ['my image.png my mask.png', 'my image'],
  ['C:\\data\\a.png C:\\data\\b.png', 'a'],
  ['version 1.2', 'version 1.2'],
])('the line %j names %j', (line, stem) => {
  expect(stemOfLine(line)).toBe(stem);
});

test('neither layout, and a list of missing images', async () => {
  await files.image('test/a.png', [[1]]);
  await expect(open({ split: 'test' }).prepare()).rejects.toThrow(
    /expected the folders test and testannot, or test\/images and test\/masks, found test;/,
  );
  await pair('train', 'trainannot', 'a');
  await files.file('train.txt', '/x/train/a.png /x/trainannot/a.png\n/x/train/b.png /x/b.png\n');
  await expect(open().prepare()).rejects.toThrow(/train\.txt names, found none for 1 of 2: b/);
});
