// What every data set must hold, whatever it reads.
import { readFileSync } from 'node:fs';

import { DataError, parseLabels, type LabelsInput, type Plugin, type Sample } from '@segkit/core';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  imageFolderFixture,
  type ImageFolderFixture,
} from './image-folder/image-folder.test-support.js';
import { datasets, inMemoryDataset } from './index.js';
import { makeDataset } from './make-component.test-support.js';
import { cropSample } from './transforms/crop-sample.js';

let files: ImageFolderFixture;

/** An image of 2x3 and a mask of 2x3 in two files. */
async function pair(image: string, mask: string, values = [0, 1, 1, 0, 0, 1]): Promise<void> {
  await files.image(image, [
    [1, 2, 3],
    [4, 5, image.length],
  ]);
  await files.image(mask, [values.slice(0, 3), values.slice(3)]);
}

const rectangle = { height: 2, width: 3, channels: 1 };
const inMemory = inMemoryDataset('in-memory-test', [
  {
    image: { ...rectangle, data: Uint8Array.of(0, 1, 2, 3, 4, 255) },
    mask: { ...rectangle, data: Uint8Array.of(0, 1, 1, 0, 255, 1) },
    instances: { ...rectangle, data: Int32Array.of(0, 7, 7, 0, 0, 8) },
  },
  {
    id: 'second',
    image: { ...rectangle, data: Float32Array.of(0, 0.1, 0.2, 0.3, 0.4, 1) },
    mask: { ...rectangle, data: Int32Array.of(0, 1, 1, 0, 0, 1) },
  },
]);

interface Case {
  readonly plugin: Plugin<'dataset'>;
  readonly options: object;
  /** Default: background and cell. */
  readonly labels?: LabelsInput | undefined;
  /** Writes the files. */
  readonly files?: () => Promise<void>;
}

const options: Readonly<Record<string, Omit<Case, 'plugin'>>> = {
  'image-folder': {
    options: { root: 'folder' },
    files: async () => {
      for (const id of ['a', 'b']) await pair(`folder/images/${id}.png`, `folder/masks/${id}.png`);
    },
  },
  voc: {
    options: { root: 'voc' },
    files: async () => {
      for (const id of ['2007_1', '2007_2']) {
        await files.image(`voc/JPEGImages/${id}.png`, [[1, 2, 3]]);
        const palette = Array.from({ length: 256 }, () => [0, 0, 0]);
        const mask = { width: 3, height: 1, channels: 1, data: Uint8Array.of(0, 20, 255), palette };
        await files.file(`voc/SegmentationClass/${id}.png`, encode(mask));
      }
      await files.file('voc/ImageSets/Segmentation/train.txt', '2007_2\n2007_1\n');
    },
  },
  camvid: {
    options: { root: 'camvid' },
    files: () => pair('camvid/train/a.png', 'camvid/trainannot/a.png', [0, 3, 3, 11, 11, 10]),
  },
  cityscapes: {
    options: { root: 'cityscapes' },
    files: async () => {
      for (const id of ['aachen/aachen_0', 'bern/bern_0']) {
        const image = `cityscapes/leftImg8bit/train/${id}_leftImg8bit.png`;
        const mask = `cityscapes/gtFine/train/${id}_gtFine_labelIds.png`;
        await pair(image, mask, [7, 7, 26, 0, 33, 255]);
      }
    },
  },
  coco: {
    options: { root: 'coco', annotations: 'instances.json', images: 'images' },
    files: async () => {
      const rows = [
        [1, 2, 3],
        [4, 5, 6],
      ];
      await files.image('coco/images/a.png', rows);
      await files.image('coco/images/b.png', rows);
      const size = { height: 2, width: 3 };
      const counts = { size: [2, 3], counts: [1, 2, 3] };
      const content = {
        images: [
          { id: 4, file_name: 'b.png', ...size },
          { id: 9, file_name: 'a.png', ...size },
        ],
        categories: [{ id: 17, name: 'cell' }],
        annotations: [{ id: 1, image_id: 9, category_id: 17, iscrowd: 0, segmentation: counts }],
      };
      await files.file('coco/instances.json', JSON.stringify(content));
    },
  },
  instances: {
    options: { root: 'objects' },
    files: () => pair('objects/images/a.png', 'objects/instances/a.png', [0, 1, 2, 0, 255, 1]),
  },
  'tiff-stack': {
    options: { root: 'stack', images: 'volume.tif', masks: 'labels.tif' },
    labels: { classes: ['membrane', { name: 'cell', values: [255] }] },
    files: async () => {
      for (const name of ['volume.tif', 'labels.tif']) {
        const fixture = new URL(`../../../oracles/fixtures/tiffs/${name}`, import.meta.url);
        await files.file(`stack/${name}`, readFileSync(fixture));
      }
    },
  },
  shards: {
    options: { root: 'shards', shards: 'written-{00..01}.tar' },
    labels: { classes: ['a', 'b', 'c'] },
    files: async () => {
      for (const name of ['written-00.tar', 'written-01.tar']) {
        const fixture = new URL(`../../../oracles/fixtures/shards/${name}`, import.meta.url);
        await files.file(`shards/${name}`, readFileSync(fixture));
      }
    },
  },
  'synthetic-cells': { options: { count: 2 } },
  'in-memory-test': { options: {} },
};

/** Image-to-image sets have targets in place of labels. */
const withoutLabels = new Set(['synthetic-denoising']);

const plugins = [...datasets, inMemory].filter(({ name }) => !withoutLabels.has(name));
const cases = plugins.map((plugin): Case => {
  const given = options[plugin.name] ?? expect.unreachable(`no case for ${plugin.name}`);
  return { plugin, ...given };
});

beforeAll(async () => {
  files = await imageFolderFixture();
  for (const { files: write } of cases) await write?.();
});
afterAll(() => files.remove());

describe.each(cases.map((one) => [one.plugin.name, one] as const))('%s', (_, one) => {
  const classes = one.labels ?? one.plugin.labels ?? { classes: ['background', 'cell'] };
  const labels = parseLabels(classes);
  const open = async () => {
    const setup = { labels, baseFolder: files.folder };
    const dataset = makeDataset(one.plugin, one.options, setup);
    await dataset.prepare();
    const indices = Array.from({ length: dataset.length }, (_, index) => index);
    const samples = await Promise.all(indices.map((index) => dataset.load(index)));
    return { dataset, samples };
  };

  test('has samples, each with a name of its own', async () => {
    const { dataset, samples } = await open();
    expect(dataset.length).toBeGreaterThan(0);
    const ids = samples.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain('');
  });

  test('loads the same again, and from another instance', async () => {
    const { dataset, samples } = await open();
    for (const [index, sample] of samples.entries()) {
      expect(await dataset.load(index)).toEqual(sample);
    }
    expect((await open()).samples).toEqual(samples);
  });

  test('decodes what it loads, and parts of it', async () => {
    const { dataset, samples } = await open();
    for (const [index, whole] of samples.entries()) {
      const decoded = await dataset.decode?.(index);
      if (decoded === undefined) continue;
      const { stored, convert } = decoded;
      const { height, width } = whole.image;
      expect(stored.id).toBe(whole.id);
      expect(convert(stored)).toEqual(whole);
      for (const box of [
        { top: 0, left: 0, height, width },
        { top: height - 1, left: 1, height: 1, width: width - 1 },
      ]) {
        const part = convert(cropSample(stored as Sample, box));
        expect(part).toEqual(cropSample(whole, box));
        // In memory of its own: what is made of it may be changed.
        part.image.data.fill(7);
        part.labels?.data.fill(7);
      }
      expect(convert(stored)).toEqual(whole);
    }
  });

  test('gives images of its channels in [0, 1] with labels of the classes, of one size', async () => {
    const { dataset, samples } = await open();
    const known = [...labels.classes.keys(), labels.ignoreIndex];
    for (const { image, labels: mask, instances } of samples) {
      const { height, width } = image;
      expect(image.channels).toBe(dataset.channels);
      expect(image.data).toHaveLength(height * width * image.channels);
      expect(image.data.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(mask).toMatchObject({ height, width, channels: 1 });
      expect(mask?.data).toHaveLength(height * width);
      expect(known).toEqual(expect.arrayContaining([...new Set(mask?.data)]));
      if (instances === undefined) continue;
      expect(instances).toMatchObject({ height, width, channels: 1 });
      expect(instances.data.every((id) => id >= 0)).toBe(true);
    }
  });

  test('refuses an index beyond its end', async () => {
    const { dataset } = await open();
    const beyond = dataset.load(dataset.length);
    await expect(beyond).rejects.toBeInstanceOf(DataError);
    await expect(beyond).rejects.toThrow(/^data\.train: expected an index in 0\.\./);
    await expect(dataset.load(-1)).rejects.toThrow(DataError);
    await expect(dataset.decode?.(-1) ?? beyond).rejects.toThrow(DataError);
  });
});
