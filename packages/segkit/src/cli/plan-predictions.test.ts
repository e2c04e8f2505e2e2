import { join } from 'node:path';

import { ConfigError, DataError } from '@segkit/core';
import { expect, test } from 'vitest';

import { planPredictions } from './plan-predictions.js';
import { temporaryFolder } from './temporary-folder.test-support.js';

test('a file or the images of a folder, written under their names', async () => {
  const folder = temporaryFolder({ 'a.jpg': '', 'b.tif': '', 'notes.txt': '' });
  const b = { input: join(folder, 'b.tif'), labels: 'out/b.png', overlay: 'out/b-overlay.png' };
  expect(await planPredictions(join(folder, 'b.tif'), 'out')).toEqual([b]);
  const all = await planPredictions(folder, 'out');
  expect(all.map(({ labels }) => labels)).toEqual(['out/a.png', 'out/b.png']);
});

test('no images are an error', async () => {
  const folder = temporaryFolder({ 'notes.txt': '' });
  await expect(planPredictions(folder, 'out')).rejects.toThrow(DataError);
  await expect(planPredictions(join(folder, 'none'), 'out')).rejects.toThrow(DataError);
});

test('images are not written over, nor predictions over each other', async () => {
  const folder = temporaryFolder({ 'a.png': '' });
  await expect(planPredictions(folder, folder)).rejects.toThrow(ConfigError);
  await expect(planPredictions(folder, folder)).rejects.toThrow(/a\.png is also the image itself/);
  const clash = temporaryFolder({ 'a.jpg': '', 'a-overlay.jpg': '' });
  await expect(planPredictions(clash, 'out')).rejects.toThrow(/a-overlay\.png is also what/);
});
