import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { LabelSchema, Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import type { ImageFolderOptions } from './image-folder/image-folder-options.js';
import { imageFolder } from './image-folder/image-folder.js';
import { labelsOf, makeDataset } from './make-component.test-support.js';

const folder =
  process.env.SEGKIT_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const sets = ['isbi2012_em', 'voc2012_sample', 'nuclei_dsb2018', 'camvid'];
const missing = sets.filter((name) => !existsSync(join(folder, name)));
if (missing.length > 0) {
  console.info(
    `skipped: ${folder} has no ${missing.join(', ')}; point SEGKIT_DATA to the data sets to read real files.`,
  );
}

/** One class for each raw value, in order. */
const classesOf = (values: readonly number[], ignored: number) =>
  labelsOf(Object.fromEntries(values.map((value, i) => [`c${String(i)}`, [value]])), [ignored]);

async function load(
  root: string,
  labels: LabelSchema,
  options: Omit<ImageFolderOptions, 'root'>,
): Promise<Sample> {
  const dataset = makeDataset(imageFolder, { root, ...options }, { labels, baseFolder: folder });
  await dataset.prepare();
  return dataset.load(0);
}

/** Pixels by value. */
function histogram(data: Int32Array | undefined): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of data ?? []) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

// The expected numbers were counted with Pillow and numpy.
test.skipIf(missing.length > 0)('real files are read as Pillow reads them', async () => {
  const isbi = await load('isbi2012_em', classesOf([0, 255], 254), { range: [24, 25] });
  expect(isbi.id).toBe('24');
  expect(isbi.image).toMatchObject({ height: 512, width: 512, channels: 1 });
  const first = Array.from(isbi.image.data.subarray(0, 4), (value) => Math.round(255 * value));
  expect(first).toEqual([83, 68, 64, 80]);
  expect(isbi.image.data.reduce((sum, value) => sum + value * 255, 0)).toBeCloseTo(33473386, -2);
  expect(histogram(isbi.labels?.data)).toEqual({ 0: 48182, 1: 213962 });

  const classes = classesOf(
    Array.from({ length: 21 }, (_, index) => index),
    255,
  );
  const voc = { images: 'JPEGImages', masks: 'SegmentationClass', files: ['2007_000032'] };
  for (const maskFormat of ['values', 'colors'] as const) {
    const { image, labels } = await load('voc2012_sample', classes, { ...voc, maskFormat });
    expect(image).toMatchObject({ height: 281, width: 500, channels: 3 });
    expect(histogram(labels?.data)).toEqual({ 0: 129545, 1: 4734, 15: 866, 255: 5355 });
  }

  const nuclei = { masks: 'instances', maskFormat: 'instances', files: ['07fb37aafa66'] } as const;
  const { instances, labels } = await load('nuclei_dsb2018', classesOf([0, 1], 255), nuclei);
  expect(instances?.data.reduce((most, id) => Math.max(most, id), 0)).toBe(313);
  expect(histogram(labels?.data)).toEqual({ 0: 520 * 696 - 109360, 1: 109360 });

  const streets = classesOf(
    Array.from({ length: 11 }, (_, index) => index),
    11,
  );
  const camvid = await load('camvid/train', streets, { files: ['0001TP_006690'] });
  expect(camvid.image).toMatchObject({ height: 360, width: 480, channels: 3 });
  expect(histogram(camvid.labels?.data)).toMatchObject({ 0: 23726, 1: 64726, 9: 731, 255: 7980 });
});
