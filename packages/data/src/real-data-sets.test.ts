// The published data sets in their own layouts, without a config's labels.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseLabels, type Dataset, type Plugin } from '@segkit/core';
import { expect, test } from 'vitest';

import { camvid, instances, voc } from './index.js';
import { makeDataset, plainLabels } from './make-component.test-support.js';

const folder =
  process.env.SEGKIT_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const isMissing = (name: string): boolean => {
  const missing = !existsSync(join(folder, name));
  if (missing) {
    console.info(`skipped: ${folder} has no ${name}; point SEGKIT_DATA to the data sets to read.`);
  }
  return missing;
};

async function open(plugin: Plugin<'dataset'>, options: object): Promise<Dataset> {
  const labels = plugin.labels === undefined ? plainLabels : parseLabels(plugin.labels);
  const dataset = makeDataset(plugin, options, { labels, baseFolder: folder });
  await dataset.prepare();
  return dataset;
}

/** Pixels by label over the whole set. */
async function histogram(dataset: Dataset): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let index = 0; index < dataset.length; index++) {
    const { labels } = await dataset.load(index);
    for (const label of labels?.data ?? []) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

// The expected numbers were counted with Pillow and numpy.
test.skipIf(isMissing('voc2012_sample'))('PASCAL VOC', async () => {
  const dataset = await open(voc, { root: 'voc2012_sample', split: 'trainval' });
  expect([dataset.length, dataset.channels]).toEqual([13, 3]);
  expect(await histogram(dataset)).toEqual({
    ...{ 0: 1417848, 1: 35671, 2: 34183, 3: 16282, 4: 10543, 5: 601, 6: 105698, 7: 4967 },
    ...{ 9: 121181, 12: 27632, 15: 118716, 18: 10951, 19: 167380, 20: 114524, 255: 119823 },
  });
});

test.skipIf(isMissing('camvid'))('CamVid', async () => {
  const lengths = { train: 367, val: 101, test: 233 };
  for (const [split, length] of Object.entries(lengths)) {
    const dataset = await open(camvid, { root: 'camvid', split, check: 'first' });
    expect(dataset.length).toBe(length);
  }
  const first = await open(camvid, { root: 'camvid', split: 'val', range: [0, 10] });
  expect((await first.load(0)).id).toBe('0016E5_07959');
  expect(await histogram(first)).toEqual({
    ...{ 0: 143129, 1: 526812, 2: 4852, 3: 481658, 4: 155612, 5: 251010 },
    ...{ 6: 8181, 7: 36397, 8: 76458, 9: 7057, 10: 24314, 255: 12520 },
  });
});

test.skipIf(isMissing('nuclei_dsb2018'))('nuclei of the Data Science Bowl', async () => {
  const dataset = await open(instances, { root: 'nuclei_dsb2018', check: 'first' });
  expect(dataset.length).toBe(220);
  const { id, labels, instances: objects } = await dataset.load(219);
  expect([id, objects?.height, objects?.width]).toEqual(['eb96fc6cbf68', 256, 256]);
  expect(new Set(objects?.data).size).toBe(9);
  expect(labels?.data.filter((label) => label === 1)).toHaveLength(1556);
});
