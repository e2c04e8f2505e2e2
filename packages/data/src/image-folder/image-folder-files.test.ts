// Which files of a folder are taken, whatever they are called and wherever they lie.
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { DataError, type Dataset } from '@segkit/core';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { labelsOf } from '../make-component.test-support.js';
import { imageFolderFixture, type ImageFolderFixture } from './image-folder.test-support.js';

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

const ids = async (dataset: Dataset): Promise<string[]> => {
  await dataset.prepare();
  const indices = Array.from({ length: dataset.length }, (_, index) => index);
  return Promise.all(indices.map(async (index) => (await dataset.load(index)).id));
};

async function pair(stem: string): Promise<void> {
  await files.image(`images/${stem}.png`, [[1, 2]]);
  await files.image(`masks/${stem}.png`, [[0, 1]]);
}

test('images and masks of one folder are told apart by their ends', async () => {
  for (const stem of ['1_2', '3']) {
    await files.image(`${stem}_sat.png`, [[1, 2]]);
    await files.image(`${stem}_mask.png`, [[0, 1]]);
  }
  await files.image('overview.png', [[1]]);
  const ends = { images: '.', masks: '.', imageSuffix: '_sat', maskSuffix: '_mask' };
  expect(await ids(files.dataset(ends))).toEqual(['1_2', '3']);
  expect(await ids(files.dataset({ ...ends, files: ['3'] }))).toEqual(['3']);
  await expect(files.dataset({ ...ends, maskSuffix: '_msk' }).prepare()).rejects.toThrow(
    /images whose names end in "_msk" before the extension, found 5 of other names, e\.g\. 1_2_mask\.png/,
  );
});

test('an image without an end of its own, its mask beside it', async () => {
  await files.image('a.png', [[1, 2]]);
  await files.image('a_mask.png', [[0, 1]]);
  const beside = { images: '.', masks: '.', maskSuffix: '_mask' };
  expect(await ids(files.dataset(beside))).toEqual(['a']);
  await files.image('b.png', [[1, 2]]);
  await expect(files.dataset(beside).prepare()).rejects.toThrow(/none for 1 of 2: b; add b_mask/);
});

test('sub-folders are passed over, or searched if asked for', async () => {
  await pair('top');
  await pair('bern/1');
  await pair('bern/alt stadt/1');
  expect(await ids(files.dataset())).toEqual(['top']);
  const found = ['bern/1', 'bern/alt stadt/1', 'top'];
  expect(await ids(files.dataset({ recursive: true }))).toEqual(found);
  await files.file('train.txt', 'bern/alt stadt/1\n');
  expect(await ids(files.dataset({ recursive: true, split: 'train.txt' }))).toEqual([found[1]]);
});

test('links are followed, but not in circles', async () => {
  await pair('a');
  await files.image('elsewhere/b.png', [[3, 4]]);
  await mkdir(join(files.folder, 'images/more'));
  await symlink(join(files.folder, 'elsewhere'), join(files.folder, 'images/more/linked'));
  const options = { masks: null, recursive: true } as const;
  expect(await ids(files.dataset(options))).toEqual(['a', 'more/linked/b']);
  await symlink('..', join(files.folder, 'images/more/loop'));
  const circle = files.dataset(options).prepare();
  await expect(circle).rejects.toBeInstanceOf(DataError);
  await expect(circle).rejects.toThrow(
    /images\/more\/loop: expected folders that end, found a link back to .*images, which holds it; remove the link/,
  );
  // Without sub-folders the circle is never entered.
  expect(await ids(files.dataset({ masks: null }))).toEqual(['a']);
});

test('a link to nothing is reported like any missing file', async () => {
  await pair('a');
  await symlink(join(files.folder, 'gone.png'), join(files.folder, 'images/b.png'));
  await expect(files.dataset({ masks: null }).prepare()).rejects.toThrow(/b\.png.*no such file/);
});

test('names may have spaces, dots and letters of any script, composed or not', async () => {
  const names = ['my cell 1.2', 'ячейка', '細胞', 'Zürich'];
  for (const name of names) await pair(name);
  // A Mac writes "é" as two characters, an editor as one.
  await files.image('images/caf\u0065\u0301.png', [[1, 2]]);
  await files.image('masks/caf\u00e9.png', [[0, 1]]);
  await files.file('train.txt', `\ufeff${[...names, 'caf\u0065\u0301'].join('\r\n')}\r\n`);
  expect(await ids(files.dataset({ split: 'train.txt' }))).toEqual([...names, 'caf\u00e9']);
  expect(await ids(files.dataset({ files: ['caf\u0065\u0301'] }))).toEqual(['caf\u00e9']);
});

test('a list that names missing images tells how many and which', async () => {
  await pair('a');
  await files.file('train.txt', 'a\nb\nc\n');
  await expect(files.dataset({ split: 'train.txt' }).prepare()).rejects.toThrow(
    /every image that .*train\.txt names, found none for 2 of 3: b, c; names are/,
  );
});

test('JPEG masks are refused, or rounded to the nearest value of a class', async () => {
  const gray = new Uint8Array(256).map((_, i) => (i % 16 < 8 ? 0 : 255));
  const raw = { width: 16, height: 16, channels: 1 } as const;
  const jpeg = sharp(gray, { raw }).toColourspace('b-w').jpeg({ quality: 30 });
  await files.file('masks/a.jpg', await jpeg.toBuffer());
  await files.image(
    'images/a.png',
    Array.from({ length: 16 }, () => new Array<number>(16).fill(7)),
  );
  const labels = labelsOf({ background: [0], cell: [255] }, []);
  await expect(files.dataset({}, { labels }).prepare()).rejects.toThrow(
    /found a JPEG, whose compression changes values.*jpegMasks: 'nearest'/,
  );
  const dataset = files.dataset({ jpegMasks: 'nearest' }, { labels });
  await dataset.prepare();
  const { labels: read } = await dataset.load(0);
  expect([...(read?.data ?? [])]).toEqual([...gray].map((value) => (value > 127 ? 1 : 0)));
  expect(() => files.dataset({ jpegMasks: 'nearest', maskFormat: 'colors' })).toThrow(
    /expected 'refuse'.*maskFormat: 'values'/,
  );
});

test("a photo's EXIF orientation turns the photo and not its upright mask", async () => {
  // Stored 2 high, 3 wide; upright 3 high, 2 wide.
  const stored = sharp(Uint8Array.of(10, 20, 30, 40, 50, 60), {
    raw: { width: 3, height: 2, channels: 1 },
  });
  const turned = await stored.withMetadata({ orientation: 6 }).png().toBuffer();
  await files.file('images/a.png', turned);
  const upright = [
    [0, 1],
    [1, 1],
    [0, 0],
  ];
  await files.image('masks/a.png', upright);
  const dataset = files.dataset({ channels: 1 });
  await dataset.prepare();
  const { image, labels } = await dataset.load(0);
  // 10 20 30             40 10
  // 40 50 60   becomes   50 20
  //                      60 30
  expect(image.data).toBeAllClose([40, 10, 50, 20, 60, 30].map((value) => value / 255));
  expect([...(labels?.data ?? [])]).toEqual(upright.flat());
  await files.image('masks/a.png', [
    [0, 1, 1],
    [1, 0, 0],
  ]);
  await expect(files.dataset({ channels: 1 }).prepare()).rejects.toThrow(
    /expected 3x2 .* found 2x3; turn the mask, or, .* set exif: 'ignore'/,
  );
  const asStored = files.dataset({ channels: 1, exif: 'ignore' });
  await asStored.prepare();
  const sample = await asStored.load(0);
  expect(sample.image.data).toBeAllClose([10, 20, 30, 40, 50, 60].map((value) => value / 255));
  expect([...(sample.labels?.data ?? [])]).toEqual([0, 1, 1, 1, 0, 0]);
});

test('a set may be started after a look at its first sample', async () => {
  for (const stem of ['a', 'b', 'c', 'd']) await pair(stem);
  await files.file('images/b.png', '');
  await files.image('masks/c.png', [[0, 9]]);
  await files.image('images/d.png', [[1, 2, 3, 4, 5, 6]], 3);
  const dataset = files.dataset({ check: 'first' });
  await dataset.prepare();
  expect([dataset.length, dataset.channels]).toEqual([4, 1]);
  expect((await dataset.load(0)).id).toBe('a');
  await expect(dataset.load(1)).rejects.toThrow(/data\.train: .*b\.png.*0 bytes/);
  await expect(dataset.load(2)).rejects.toThrow(/values outside the classes: 9.*c\.png/);
  await expect(dataset.load(3)).rejects.toThrow(/1 in the first image, 3 in .*d\.png/);
  await expect(dataset.decode?.(3)).rejects.toThrow(/1 in the first image, 3 in .*d\.png/);
});
