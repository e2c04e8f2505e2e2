import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseLabels } from '@segkit/core';
import { expect, test } from 'vitest';

import { makeDataset } from '../make-component.test-support.js';
import { vocLabels } from '../voc/voc-labels.js';
import { voc } from '../voc/voc.js';
import { auditData } from './audit-data.js';

const folder =
  process.env.SEGKIT_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const root = join(folder, 'voc2012_sample');
if (!existsSync(root)) {
  console.info(`skipped: there is no ${root}; point SEGKIT_DATA to the data sets to audit.`);
}

// Counted by numpy and scipy.ndimage: statistics() of oracles/audit.py on its JPEGImages, SegmentationClass and 21.
test.skipIf(!existsSync(root))('photos of PASCAL VOC', async () => {
  const labels = parseLabels(vocLabels);
  const dataset = makeDataset(voc, { root, split: 'trainval' }, { labels });
  const { splits, ok } = await auditData([{ name: 'train', dataset }], labels);
  const [train] = splits;
  expect(ok).toBe(true);
  expect(train).toMatchObject({ images: 13, ignored: 119823, bits: { 8: 13 } });
  // The decoders round JPEGs differently, by a thousandth of a level in the mean.
  expect(train?.pixels?.mean).toBeAllClose([0.465047574, 0.456199755, 0.423251865], { atol: 1e-5 });
  expect(train?.pixels?.std).toBeAllClose([0.291087516, 0.29113058, 0.303869401], { atol: 1e-5 });
  const pixels = [1417848, 35671, 34183, 16282, 10543, 601, 105698, 4967, 0, 121181, 0];
  const more = [0, 27632, 0, 0, 118716, 0, 0, 10951, 167380, 114524];
  expect(train?.classes.map((entry) => entry.pixels)).toEqual([...pixels, ...more]);
  const found = train?.objects?.classes ?? [];
  expect(found.map(({ count }) => count)).toEqual([5, 23, 5, 11, 1, 27, 6, 4, 1, 23, 7, 7, 3]);
  const largest = [30296, 21140, 16272, 8233, 601, 91670, 4237, 78792, 27632, 42725, 6019, 73727];
  expect(found.map(({ area }) => area.max)).toEqual([...largest, 43148]);
});
