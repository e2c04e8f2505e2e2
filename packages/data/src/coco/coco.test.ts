import { DataError, parseLabels, type Dataset, type LabelsInput } from '@segkit/core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  imageFolderFixture,
  type ImageFolderFixture,
} from '../image-folder/image-folder.test-support.js';
import { makeDataset } from '../make-component.test-support.js';
import type { CocoOptions } from './coco-options.js';
import { coco } from './coco.js';

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

const background: LabelsInput = { classes: ['background', 'cat', 'dog'] };
const open = (options: Partial<CocoOptions> = {}, labels = background): Dataset =>
  makeDataset(
    coco,
    { root: '.', annotations: 'a.json', images: 'images', allowOneClass: true, ...options },
    { labels: parseLabels(labels), baseFolder: files.folder },
  );

/** Runs of a 1x6 image, whose columns and pixels are the same: outside, inside, outside … */
const runs = (...counts: readonly number[]) => ({ size: [1, 6], counts });

const categories = [
  { id: 17, name: 'cat' },
  { id: 18, name: 'dog' },
  { id: 90, name: 'tree' },
];
const large = { id: 1, image_id: 5, category_id: 17, iscrowd: 0, segmentation: runs(0, 4, 2) };
const small = { id: 2, image_id: 5, category_id: 18, iscrowd: 0, segmentation: runs(2, 1, 3) };
const crowd = { id: 3, image_id: 5, category_id: 18, iscrowd: 1, segmentation: runs(3, 2, 1) };
const tree = { id: 4, image_id: 5, category_id: 90, iscrowd: 0, segmentation: runs(5, 1) };

/** Writes one image `x y.png` of 1x6 with these annotations. */
async function write(annotations: unknown, more: object = {}): Promise<void> {
  const images = [{ id: 5, file_name: 'x y.png', height: 1, width: 6 }];
  await files.image('images/x y.png', [[1, 2, 3, 4, 5, 6]]);
  await files.file('a.json', JSON.stringify({ images, categories, annotations, ...more }));
}

async function load(options: Partial<CocoOptions> = {}, labels = background) {
  const dataset = open(options, labels);
  await dataset.prepare();
  const sample = await dataset.load(0);
  return { ...sample, pixels: [...(sample.labels?.data ?? [])] };
}

test('categories become classes by name; small objects lie on top, crowds are ignored under them', async () => {
  await write([small, large, crowd, tree]);
  const { id, pixels, instances } = await load();
  expect(id).toBe('x y');
  // Large covers 0-3, small 2, the crowd 3-4 (3 is the large one's), the tree 5 is background.
  expect(pixels).toEqual([1, 1, 2, 1, 255, 0]);
  expect([...(instances?.data ?? [])]).toEqual([2, 2, 1, 2, 0, 0]);
});

test('crowds as objects, overlaps for nobody, other categories ignored', async () => {
  await write([small, large, crowd, tree]);
  expect((await load({ crowd: 'object' })).pixels).toEqual([1, 1, 2, 2, 2, 0]);
  expect((await load({ overlap: 'ignore' })).pixels).toEqual([1, 1, 255, 1, 255, 0]);
  expect((await load({ unlisted: 'ignore' })).pixels).toEqual([1, 1, 2, 1, 255, 255]);
});

test('classes of several categories, ignored classes, and a first class that is a category', async () => {
  await write([small, large, tree]);
  const animals: LabelsInput = { classes: ['rest', 'animal', { name: 'tree', ignore: true }] };
  const merged = { categories: { animal: ['cat', 'dog'] } };
  expect((await load(merged, animals)).pixels).toEqual([1, 1, 1, 1, 0, 255]);
  expect((await load({}, { classes: ['cat', 'dog'] })).pixels).toEqual([0, 0, 1, 0, 255, 255]);
});

test('an image without annotations is background; a file without any has no labels', async () => {
  await write([]);
  expect((await load()).pixels).toEqual([0, 0, 0, 0, 0, 0]);
  await write(undefined);
  expect((await load()).labels).toBeUndefined();
});

test('classes that are no categories, and categories in two classes', async () => {
  await write([large]);
  const failure = async (options: Partial<CocoOptions>, labels = background): Promise<string> => {
    try {
      await open(options, labels).prepare();
    } catch (error) {
      return (error as DataError).message;
    }
    return 'none';
  };
  expect(await failure({}, { classes: ['background', 'cow'] })).toMatch(
    /data\.train: .*a\.json: expected a category "cow" for class "cow", found cat, dog, tree; name/,
  );
  expect(await failure({ categories: { cat: ['cat', 'dog'] } })).toMatch(/found "dog" in two/);
  expect(await failure({ categories: { lion: ['cat'] } })).toMatch(/names of classes.*"lion"/);
  expect(await failure({}, { classes: ['background', 'cat'] })).toBe('none');
});

test('annotations that are wrong', async () => {
  const expectFailure = async (message: RegExp) => {
    await expect(open().prepare()).rejects.toBeInstanceOf(DataError);
    await expect(open().prepare()).rejects.toThrow(message);
  };
  await expectFailure(/a\.json.*no such file/);
  await files.file('a.json', '{"images": [');
  await expectFailure(/a\.json: expected a JSON file of COCO annotations, /);
  await files.file('a.json', '[]');
  await expectFailure(/a\.json: expected COCO annotations \{ images, annotations, categories \}/);
  await write([{ ...large, image_id: 6 }]);
  await expectFailure(/found annotation 1 of image 6 and category 17/);
  await write([{ ...large, segmentation: runs(0, 4) }]);
  await expectFailure(
    /annotation 1: expected run lengths that add up to 1 x 6 = 6, found 4; correct/,
  );
  await write([{ ...large, segmentation: [] }]);
  await expectFailure(/annotation 1: expected polygons/);
  await write([], { images: [{ id: 5, file_name: 'x y.png', height: 6, width: 1 }] });
  await expectFailure(/image 5: expected 1x6 .*x y\.png, found 6x1; turn the mask/);
  await write([], { images: [{ id: 5, file_name: '../a.png', height: 6, width: 1 }] });
  await expectFailure(/images inside the folder, found "\.\.\/a\.png"/);
  const twice = { id: 5, file_name: 'x y.png', height: 1, width: 6 };
  await write([], { images: [twice, { ...twice, id: 6 }] });
  await expectFailure(/a name of its own for every sample, found x y more than once/);
});
