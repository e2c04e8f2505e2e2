import { DataError, parseLabels, vocColor, type Dataset } from '@segkit/core';
import { encode } from 'fast-png';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { labelsOf, plainLabels } from '../make-component.test-support.js';
import { imageFolderFixture, type ImageFolderFixture } from './image-folder.test-support.js';
import { mapConcurrently } from '../file-dataset/map-concurrently.js';

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

/** Images 0..n-1 of 1x2 pixels with masks `0 1`. */
async function pairs(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await files.image(`images/${String(i)}.png`, [[i, 255 - i]]);
    await files.image(`masks/${String(i)}.png`, [[0, 1]]);
  }
}

test('raw values become class indices, ignored values ignoreIndex', async () => {
  await files.image('images/a.png', [[0, 51, 102, 153]]);
  await files.image('masks/a.png', [[0, 7, 8, 255]]);
  const labels = labelsOf({ background: [0], cell: [7, 8] });
  const dataset = files.dataset({}, { labels });
  await dataset.prepare();
  expect([dataset.length, dataset.channels]).toEqual([1, 1]);
  const sample = await dataset.load(0);
  expect(sample.id).toBe('a');
  expect(sample.image.data).toBeAllClose([0, 0.2, 0.4, 0.6]);
  expect([...(sample.labels?.data ?? [])]).toEqual([0, 1, 1, 255]);
  expect(sample.labels).toMatchObject({ height: 1, width: 4, channels: 1 });
  expect(sample.instances).toBeUndefined();
});

test('a palette mask gives its indices by values and its colours by colors', async () => {
  await files.image('images/a.png', [[1, 2, 3]]);
  const palette = Array.from({ length: 256 }, (_, index) => vocColor(index));
  const mask = encode({
    width: 3,
    height: 1,
    channels: 1,
    data: Uint8Array.of(0, 1, 255),
    palette,
  });
  await files.file('masks/a.png', mask);
  for (const maskFormat of ['values', 'colors'] as const) {
    const dataset = files.dataset({ maskFormat });
    await dataset.prepare();
    // 255 is ignored by ignoreValues, and the VOC border's colour by ignoreColors.
    expect([...((await dataset.load(0)).labels?.data ?? [])]).toEqual([0, 1, 255]);
  }
});

test('the colour and the values of a class to ignore become ignoreIndex', async () => {
  const labels = parseLabels({
    classes: [{ name: 'void', ignore: true, color: [9, 9, 9] }, 'background', 'cell'],
  });
  await files.image('images/a.png', [[1, 2, 3]]);
  await files.image('masks/a.png', [[9, 9, 9, 128, 0, 0, 0, 128, 0]], 3);
  await files.image('values/a.png', [[0, 1, 2]]);
  for (const options of [{ maskFormat: 'colors' }, { masks: 'values' }] as const) {
    const dataset = files.dataset(options, { labels });
    await dataset.prepare();
    expect([...((await dataset.load(0)).labels?.data ?? [])]).toEqual([255, 0, 1]);
  }
});

test('object ids are kept, and 255 is an id like others', async () => {
  await files.image('images/a.png', [[1, 2, 3, 4]]);
  const data = Uint16Array.of(0, 255, 256, 3);
  await files.file('masks/a.png', encode({ width: 4, height: 1, depth: 16, channels: 1, data }));
  const dataset = files.dataset({ maskFormat: 'instances' });
  await dataset.prepare();
  const sample = await dataset.load(0);
  expect([...(sample.labels?.data ?? [])]).toEqual([0, 1, 1, 1]);
  expect([...(sample.instances?.data ?? [])]).toEqual([0, 255, 256, 3]);
});

test('targets are read as images, and masks may be left out', async () => {
  await files.image('images/a.png', [[0, 255]]);
  await files.image('clean/a.png', [[255, 0]]);
  const restored = files.dataset({ targets: 'clean' });
  await restored.prepare();
  const sample = await restored.load(0);
  expect(sample.target?.data).toBeAllClose([1, 0]);
  expect(sample.labels).toBeUndefined();
  const bare = files.dataset({ masks: null });
  await bare.prepare();
  expect(Object.keys(await bare.load(0))).toEqual(['id', 'image']);
});

test('range, files and split choose images', async () => {
  await pairs(5);
  await files.file('train.txt', '4\r\n\n2 \n');
  expect(await ids(files.dataset())).toEqual(['0', '1', '2', '3', '4']);
  expect(await ids(files.dataset({ range: [1, 3] }))).toEqual(['1', '2']);
  expect(await ids(files.dataset({ files: ['3', '0'] }))).toEqual(['3', '0']);
  expect(await ids(files.dataset({ split: 'train.txt' }))).toEqual(['4', '2']);
});

test('folders are chosen by images and masks; other files are passed over', async () => {
  await files.image('x/a.PNG', [[0, 9]]);
  await files.file('x/notes.txt', 'hello');
  await files.file('x/.hidden.png', 'hello');
  await files.image('y/a.png', [[0, 1]]);
  await files.image('y/b.png', [[0, 1]]);
  const notes: string[] = [];
  const logger = { info: (message: string) => notes.push(message), warn: () => undefined };
  const dataset = files.dataset({ images: 'x', masks: 'y' }, { logger });
  expect(await ids(dataset)).toEqual(['a']);
  expect(notes).toEqual([expect.stringMatching(/data\.train: 1 masks in .*y have no image: b\./)]);
});

test('channels converts images', async () => {
  await files.image('images/a.png', [[10, 10, 10, 20, 20, 20]], 3);
  await files.image('masks/a.png', [[0, 1]]);
  const dataset = files.dataset({ channels: 1 });
  await dataset.prepare();
  expect(dataset.channels).toBe(1);
  expect((await dataset.load(0)).image.data).toBeAllClose([10 / 255, 20 / 255]);
});

test('samples are the same with and without the cache', async () => {
  await pairs(3);
  const kept = files.dataset();
  const decoded = files.dataset({ cacheMegabytes: 0 });
  // A sample has 2 float32 and 2 int32: 16 bytes. Room for one of three.
  const partly = files.dataset({ cacheMegabytes: 20 / 2 ** 20 });
  for (const dataset of [kept, decoded, partly]) await dataset.prepare();
  for (const index of [2, 0, 1]) {
    const sample = await kept.load(index);
    expect(await kept.load(index)).toBe(sample);
    expect(await decoded.load(index)).not.toBe(await decoded.load(index));
    expect(await decoded.load(index)).toEqual(sample);
    expect(await partly.load(index)).toEqual(sample);
  }
  await files.remove();
  expect((await kept.load(1)).id).toBe('1');
  await expect(decoded.load(1)).rejects.toThrow(DataError);
});

test('a data set wants prepare, and an index inside', async () => {
  await pairs(1);
  const dataset = files.dataset({}, { labels: plainLabels });
  expect(() => dataset.length).toThrow(/data\.train.*call prepare\(\) first/);
  await dataset.prepare();
  await dataset.prepare();
  await expect(dataset.load(1)).rejects.toThrow(/index in 0\.\.0, received 1/);
});

test('mapConcurrently keeps order and its limit', async () => {
  let running = 0;
  let most = 0;
  const doubled = await mapConcurrently([5, 1, 4, 2, 3], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, item));
    running -= 1;
    return 2 * item;
  });
  expect(doubled).toEqual([10, 2, 8, 4, 6]);
  expect(most).toBe(2);
});
