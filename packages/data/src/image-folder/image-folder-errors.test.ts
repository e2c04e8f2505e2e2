import { ConfigError, DataError, type LabelSchema } from '@segkit/core';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { labelsOf, plainLabels } from '../make-component.test-support.js';
import { imageFolderFixture, type ImageFolderFixture } from './image-folder.test-support.js';
import type { ImageFolderOptions } from './image-folder-options.js';

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

async function failure(
  options: Partial<ImageFolderOptions> = {},
  labels: LabelSchema = plainLabels,
): Promise<string> {
  try {
    await files.dataset(options, { labels }).prepare();
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    const { message } = error as DataError;
    expect(message).toMatch(/^data\.train: /);
    return message;
  }
  return expect.unreachable('prepare() should have failed');
}

async function pair(stem: string, mask: readonly number[]): Promise<void> {
  await files.image(`images/${stem}.png`, [mask.map(() => 100)]);
  await files.image(`masks/${stem}.png`, [mask]);
}

test('a missing folder, a file in its place, and a folder without images', async () => {
  expect(await failure()).toMatch(/images: expected a folder of images, found nothing/);
  await files.file('images', 'a file');
  expect(await failure()).toMatch(/images: expected a folder of images, found a file/);
  await files.file('bitmaps/a.bmp', 'x');
  expect(await failure({ images: 'bitmaps' })).toMatch(/expected PNG, JPEG or TIFF.*1 other files/);
});

test('two files of one name', async () => {
  await files.file('images/a.png', 'x');
  await files.file('images/a.jpg', 'x');
  expect(await failure()).toMatch(/expected one file per name, found a\.jpg and a\.png/);
});

test('an image without mask', async () => {
  await pair('a', [0, 1]);
  for (const stem of ['b', 'c', 'd', 'e', 'f', 'g']) await files.image(`images/${stem}.png`, [[0]]);
  expect(await failure()).toMatch(
    /expected a mask for every image.*none for 6 of 7: b, c, d, e, f and 1 more; add b\.png/,
  );
});

test('unreadable, truncated and empty files are listed together', async () => {
  for (const stem of ['a', 'b', 'c', 'd']) await pair(stem, [0, 1]);
  await files.file('images/a.png', '');
  await files.file('images/b.png', 'no image');
  const noise = Uint8Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 24);
  const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 1 } })
    .png()
    .toBuffer();
  await files.file('masks/c.png', whole.subarray(0, 500));
  const message = await failure();
  expect(message).toContain('data.train: 3 problems:');
  expect(message).toMatch(/images\/a\.png: .*0 bytes/);
  expect(message).toMatch(/images\/b\.png: expected a PNG, JPEG or TIFF/);
  expect(message).toMatch(/masks\/c\.png: expected a whole PNG/);
});

test('image and mask of different sizes', async () => {
  await files.image('images/a.png', [[1, 2, 3]]);
  await files.image('masks/a.png', [
    [0, 1],
    [1, 0],
  ]);
  expect(await failure()).toMatch(/masks\/a\.png: expected 1x3 .*images\/a\.png, found 2x2; pair/);
});

test('target of a different size', async () => {
  await files.image('images/a.png', [[1, 2, 3]]);
  await files.image('clean/a.png', [[1, 2]]);
  expect(await failure({ targets: 'clean' })).toMatch(/clean\/a\.png: expected 1x3 .* found 1x2/);
});

test('target of other channels, and images without target', async () => {
  await files.image('images/a.png', [[1, 2]]);
  await files.image('clean/a.png', [[1, 2, 3, 4, 5, 6]], 3);
  expect(await failure({ targets: 'clean' })).toMatch(
    /clean\/a\.png: expected 1 channels as its image .*a\.png, found 3; set channels: 1/,
  );
  await files.image('images/b.png', [[1, 2]]);
  expect(await failure({ targets: 'clean' })).toMatch(
    /clean: expected a target for every image .* found none for 1 of 2: b; add b\.png/,
  );
});

test('images that disagree in channels', async () => {
  await pair('a', [0, 1]);
  await files.image('images/b.png', [[1, 2, 3, 4, 5, 6]], 3);
  await files.image('masks/b.png', [[0, 1]]);
  expect(await failure()).toMatch(
    /same number of channels.*1 in .*a\.png, 3 in .*b\.png; set channels: 1 or channels: 3/,
  );
});

test('mask values outside the classes: names them and the setting that maps them', async () => {
  await pair('a', [0, 255, 255, 255]);
  await pair('b', [0, 0, 0, 0]);
  const message = await failure({}, labelsOf({ background: [0], cell: [1] }, []));
  expect(message).toContain(
    'values outside the classes: 255, 37.5 % of all pixels, in 1 of 2 masks',
  );
  expect(message).toMatch(/first .*masks\/a\.png/);
  expect(message).toContain('expected 0 (background), 1 (cell); found 0, 255.');
  expect(message).toContain(
    "data.labels.classes: [{ name: 'background', values: [0] }, { name: 'cell', values: [255] }]",
  );
  expect(message).toContain('data.labels.ignoreValues: [255]');
});

test('0/255 masks where 255 is ignored by default', async () => {
  await pair('a', [0, 255, 255, 255]);
  const message = await failure();
  expect(message).toContain(
    'all labelled pixels of the masks are background (0) and the rest is ignored (255, 75.0 % of the pixels)',
  );
  expect(message).toContain(
    "data.labels.classes: [{ name: 'background', values: [0] }, { name: 'cell', values: [255] }]",
  );
  const dataset = files.dataset({ allowOneClass: true });
  await dataset.prepare();
  expect(dataset.length).toBe(1);
});

test('masks that are ignored altogether, or show one class', async () => {
  await pair('a', [255, 255]);
  expect(await failure()).toContain('all pixels of the masks are ignored');
  await pair('a', [1, 1]);
  expect(await failure()).toMatch(/all labelled pixels of the masks are cell \(1\), so there/);
});

test('many values look like object ids', async () => {
  await pair('a', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const message = await failure();
  expect(message).toMatch(/outside the classes: 2, 3, 4, 5, 6, 7, 8, 9 and 1 more/);
  expect(message).toContain("maskFormat: 'instances'");
});

test('colours outside the classes, and colours where values were expected', async () => {
  await files.image('images/a.png', [[1, 2]]);
  await files.image('masks/a.png', [[0, 0, 0, 255, 0, 0]], 3);
  const colors = await failure({ maskFormat: 'colors' });
  expect(colors).toContain('colours outside the classes: [255, 0, 0], 50.0 %');
  expect(colors).toContain("{ name: 'cell', color: [255, 0, 0] }");
  expect(colors).toContain('ignoreColors: [[224, 224, 192], [255, 0, 0]]');
  expect(await failure()).toMatch(/found the colour \[255, 0, 0\].*maskFormat: 'colors'/);
});

test('selections that do not fit the folder', async () => {
  await pair('a', [0, 1]);
  await files.file('none.txt', '\n');
  await files.file('twice.txt', 'a\na\n');
  expect(await failure({ range: [0, 2] })).toMatch(/at least 2 images for range \[0, 2\], found 1/);
  expect(await failure({ files: ['b.png'] })).toMatch(/none for b\.png; names.*e\.g\. a/);
  expect(await failure({ split: 'missing.txt' })).toMatch(/missing\.txt.*check split/);
  expect(await failure({ split: 'none.txt' })).toMatch(/expected image names.*found none/);
  expect(await failure({ split: 'twice.txt' })).toMatch(/found a more than once/);
});

test('options that contradict each other or the classes', () => {
  expect(() => files.dataset({ range: [0, 1], files: ['a'] })).toThrow(/at most one of range/);
  expect(() => files.dataset({ masks: 'masks', targets: 'x' })).toThrow(/either masks or targets/);
  expect(() => files.dataset({ range: [2, 2] })).toThrow(/from < to/);
  expect(() => files.dataset({ rooot: 'x' } as Partial<ImageFolderOptions>)).toThrow(/rooot/);
  const three = labelsOf({ a: [0], b: [1], c: [2] });
  expect(() => files.dataset({ maskFormat: 'instances' }, { labels: three })).toThrow(ConfigError);
  const same: LabelSchema = {
    ...plainLabels,
    classes: plainLabels.classes.map((entry) => ({ ...entry, color: [1, 2, 3] })),
  };
  expect(() => files.dataset({ maskFormat: 'colors' }, { labels: same })).toThrow(
    /color of its own.*\[1, 2, 3\] for both "background" and "cell"/,
  );
});
