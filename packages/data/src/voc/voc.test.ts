import { DataError, parseLabels, type Dataset, type LabelsInput } from '@segkit/core';
import { encode } from 'fast-png';
import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  imageFolderFixture,
  type ImageFolderFixture,
} from '../image-folder/image-folder.test-support.js';
import { makeDataset } from '../make-component.test-support.js';
import { vocLabels } from './voc-labels.js';
import { voc, type VocOptions } from './voc.js';

let files: ImageFolderFixture;
beforeEach(async () => {
  files = await imageFolderFixture();
});
afterEach(() => files.remove());

const open = (options: Partial<VocOptions> = {}, labels: LabelsInput = vocLabels): Dataset =>
  makeDataset(
    voc,
    { root: '.', ...options },
    { labels: parseLabels(labels), baseFolder: files.folder },
  );

async function sample(id: string, indices: readonly number[]): Promise<void> {
  await files.image(`JPEGImages/${id}.png`, [indices.map(() => 9)]);
  const palette = Array.from({ length: 256 }, (_, i) => [i, i, i]);
  const data = Uint8Array.from(indices);
  const mask = { width: indices.length, height: 1, channels: 1, data, palette };
  await files.file(`SegmentationClass/${id}.png`, encode(mask));
}

const opened = async () => {
  const dataset = open();
  await dataset.prepare();
  return dataset.load(0);
};

const list = (name: string, text: string) => files.file(`ImageSets/Segmentation/${name}.txt`, text);

test('a list chooses images, in its order; palette indices are classes and 255 is ignored', async () => {
  await sample('2007_1', [0, 15, 255]);
  await sample('2007_2', [20, 0, 255]);
  await sample('2007_3', [1, 1, 1]);
  // Most of VOC's images have no mask.
  await files.image('JPEGImages/2008_9.png', [[1]]);
  await list('train', '2007_2\n2007_1\n');
  const dataset = open();
  await dataset.prepare();
  expect(dataset.length).toBe(2);
  const first = await dataset.load(0);
  expect([first.id, ...(first.labels?.data ?? [])]).toEqual(['2007_2', 20, 0, 255]);
  const second = open({ range: [1, 2] });
  await second.prepare();
  expect((await second.load(0)).id).toBe('2007_1');
});

test('objects have ids of their own, and neither border nor background is one', async () => {
  await sample('a', [0, 15, 15, 255, 20, 20]);
  const palette = Array.from({ length: 256 }, (_, i) => [i, i, i]);
  // The fifth pixel is unlabelled in the objects' mask, the last one is the third object.
  const data = Uint8Array.of(9, 1, 2, 255, 255, 3);
  const objects = { width: 6, height: 1, channels: 1, data, palette };
  await files.file('SegmentationObject/a.png', encode(objects));
  await list('train', 'a\n');
  const dataset = open({ objects: 'SegmentationObject' });
  await dataset.prepare();
  const { labels, instances } = await dataset.load(0);
  expect([...labels!.data]).toEqual([0, 15, 15, 255, 20, 20]);
  expect([...instances!.data]).toEqual([0, 1, 2, 0, 0, 3]);
  // Of what is no class of the user's, nothing is an object.
  const classes = [
    { name: 'rest', values: Array.from({ length: 20 }, (_, i) => i) },
    { name: 'screen', values: [20] },
  ];
  const screens = open({ objects: 'SegmentationObject' }, { classes, ignoreValues: [255] });
  await screens.prepare();
  expect([...(await screens.load(0)).instances!.data]).toEqual([0, 0, 0, 0, 0, 3]);
  const decoded = await dataset.decode!(0);
  expect(decoded.convert(decoded.stored).instances).toEqual(instances);
  // A change of the objects' file is a change of the sample.
  const before = await dataset.fingerprint!(0);
  await files.file('SegmentationObject/a.png', encode({ ...objects, data: data.slice().fill(1) }));
  expect(await dataset.fingerprint!(0)).not.toBe(before);
});

test('an image without objects, objects of another size, and objects without classes are errors', async () => {
  await sample('a', [0, 15]);
  await list('train', 'a\n');
  await files.image('SegmentationObject/b.png', [[0, 1]]);
  await expect(open({ objects: 'SegmentationObject' }).prepare()).rejects.toThrow(
    /SegmentationObject: expected a mask of objects for every image of .*JPEGImages.*: a; add a\.png/,
  );
  await files.image('SegmentationObject/a.png', [[0, 1, 2]]);
  await expect(open({ objects: 'SegmentationObject' }).prepare()).rejects.toThrow(
    /SegmentationObject\/a\.png: expected 1x2 .*found 1x3/,
  );
  expect(() => open({ objects: 'SegmentationObject', masks: null })).toThrow(
    /leave one of them out/,
  );
  expect((await opened()).instances).toBeUndefined();
});

test('classes of the user: person against the rest', async () => {
  await sample('a', [0, 15, 20]);
  await list('train', 'a\n');
  const rest = Array.from({ length: 21 }, (_, i) => i).filter((i) => i !== 15);
  const classes = [
    { name: 'rest', values: rest },
    { name: 'person', values: [15] },
  ];
  const dataset = open({}, { classes });
  await dataset.prepare();
  expect([...((await dataset.load(0)).labels?.data ?? [])]).toEqual([0, 1, 0]);
});

test('images without masks, as the test set has', async () => {
  await files.image('JPEGImages/a.png', [[1]]);
  await list('test', 'a\n');
  const dataset = open({ split: 'test', masks: null });
  await dataset.prepare();
  expect(Object.keys(await dataset.load(0))).toEqual(['id', 'image']);
});

test('a list that is missing, names missing images, or images without mask', async () => {
  await sample('a', [0, 1]);
  await list('trainval', 'a\nb\n');
  const failure = (options: Partial<VocOptions>) => open(options).prepare();
  await expect(failure({})).rejects.toBeInstanceOf(DataError);
  await expect(failure({})).rejects.toThrow(
    /data\.train: .*expected train\.txt, found trainval; set split/,
  );
  await expect(failure({ split: 'trainval' })).rejects.toThrow(
    /every image that trainval\.txt names, found none for 1 of 2: b/,
  );
  await files.image('JPEGImages/b.png', [[1]]);
  await expect(failure({ split: 'trainval' })).rejects.toThrow(
    /SegmentationClass: expected a mask for every image.*none for 1 of 2: b/,
  );
  await expect(failure({ root: 'elsewhere' })).rejects.toThrow(/elsewhere.*found nothing/);
});
