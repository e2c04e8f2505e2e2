import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { ConfigError, DataError, type Dataset } from '@segkit/core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  imageFolderFixture,
  type ImageFolderFixture,
} from '../image-folder/image-folder.test-support.js';
import { labelsOf, makeDataset } from '../make-component.test-support.js';
import type { InstancesOptions } from './instances-options.js';
import { instances } from './instances.js';

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

const open = (options: Partial<InstancesOptions> = {}): Dataset =>
  makeDataset(instances, { root: '.', ...options }, { baseFolder: files.folder });

async function load(options: Partial<InstancesOptions>) {
  const dataset = open(options);
  await dataset.prepare();
  const { id, labels, instances: objects } = await dataset.load(0);
  return { id, labels: [...(labels?.data ?? [])], objects: [...(objects?.data ?? [])] };
}

test('maps of object ids, with suffixes if need be', async () => {
  await files.image('images/a.png', [[1, 2, 3]]);
  await files.image('instances/a.png', [[0, 7, 255]]);
  const expected = { labels: [0, 1, 1], objects: [0, 7, 255] };
  expect(await load({})).toEqual({ id: 'a', ...expected });
  await files.image('flat/01_img.png', [[1, 2, 3]]);
  await files.image('flat/01_masks.png', [[0, 7, 255]]);
  const flat = { images: 'flat', masks: 'flat', imageSuffix: '_img', maskSuffix: '_masks' };
  expect(await load(flat)).toEqual({ id: '01', ...expected });
});

/** Three objects over 1x5 pixels: 0-2, 2 (inside the first), 4. */
async function masks(folder: string): Promise<void> {
  await files.image(`${folder}/1.png`, [[255, 255, 255, 0, 0]]);
  await files.image(`${folder}/2.png`, [[0, 0, 255, 0, 0]]);
  await files.image(`${folder}/3.png`, [[0, 0, 0, 0, 1]]);
}

test('one mask per object, in a folder of the name of its image', async () => {
  await files.image('images/cell 1.png', [[1, 2, 3, 4, 5]]);
  await masks('masks/cell 1');
  const layout = 'object-masks';
  const expected = { id: 'cell 1', labels: [1, 1, 1, 0, 1], objects: [1, 1, 2, 0, 3] };
  expect(await load({ layout })).toEqual(expected);
  expect(await load({ layout, overlap: 'ignore' })).toEqual({
    ...expected,
    labels: [1, 1, 255, 0, 1],
    objects: [1, 1, 0, 0, 3],
  });
});

test("the Data Science Bowl's folders", async () => {
  await files.image('00ae/images/00ae.png', [[1, 2, 3, 4, 5]]);
  await masks('00ae/masks');
  const layout = 'dsb2018';
  const expected = { id: '00ae', labels: [1, 1, 1, 0, 1], objects: [1, 1, 2, 0, 3] };
  expect(await load({ layout })).toEqual(expected);
  await files.image('00af/images/one.png', [[1]]);
  await files.image('00af/images/two.png', [[1]]);
  await expect(open({ layout }).prepare()).rejects.toThrow(
    /00af\/images: expected one image, found 2: one, two; keep one/,
  );
  expect(await load({ layout, files: ['00ae'] })).toEqual(expected);
});

test('an image without objects', async () => {
  await files.image('images/a.png', [[1, 2]]);
  await mkdir(join(files.folder, 'masks/a'), { recursive: true });
  const layout = 'object-masks';
  const expected = { id: 'a', labels: [0, 0], objects: [0, 0] };
  expect(await load({ layout, allowOneClass: true })).toEqual(expected);
});

test('a folder that is missing, a mask of another size, and options or classes that do not fit', async () => {
  await files.image('images/a.png', [[1, 2]]);
  await files.image('images/b.png', [[1, 2]]);
  await files.image('masks/a/1.png', [[0, 1, 1]]);
  const layout = 'object-masks';
  await expect(open({ layout }).prepare()).rejects.toBeInstanceOf(DataError);
  await expect(open({ layout }).prepare()).rejects.toThrow(
    /a folder of masks for every image .* found none for b; add it, empty if there is no object/,
  );
  await expect(open({ layout, files: ['a'] }).prepare()).rejects.toThrow(
    /masks\/a\/1\.png: expected 1x2 .* found 1x3/,
  );
  expect(() => open({ layout, maskSuffix: '_m' })).toThrow(/are for layout 'id-maps'/);
  const three = labelsOf({ a: [0], b: [1], c: [2] });
  for (const options of [{ layout }, {}]) {
    const make = () => makeDataset(instances, { root: '.', ...options }, { labels: three });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(/expected two classes \(background and object\)/);
  }
});
