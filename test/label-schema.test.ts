// A class to ignore, and ids of classes, from the masks through training, scores and pictures to label maps.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lastValueFrom } from 'rxjs';
import { colorize, encodeLabelPng } from '@segkit/data';
import {
  createApp,
  firstParty,
  inMemoryDataset,
  perClassTable,
  readMask,
  silentLogger,
} from 'segkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const shape = { height: 8, width: 8, channels: 1 };

/** Left half dark road (7 in masks), right half bright car (26), the last row void (1). */
const at = <T>(road: T, car: T, nothing: T): T[] =>
  Array.from({ length: 64 }, (_, i) => (i >= 56 ? nothing : i % 8 < 4 ? road : car));
const street = inMemoryDataset('in-memory-street', [
  {
    id: 'street',
    image: { ...shape, data: Uint8Array.from(at(20, 230, 120)) },
    mask: { ...shape, data: Uint8Array.from(at(7, 26, 1)) },
  },
]);
const app = createApp({ plugins: [...firstParty, street], logger: silentLogger });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-labels-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('an ignored class has no logit, no score and no prediction; maps are written in ids', async () => {
  const run = join(folder, 'run');
  const training = app.fit(
    {
      engine: 'cpu',
      data: {
        labels: {
          classes: [
            { name: 'void', id: 1, ignore: true },
            { name: 'road', id: 7, color: [1, 2, 3] },
            { name: 'car', id: 26, color: [4, 5, 6] },
          ],
        },
        train: 'in-memory-street',
        validation: 'in-memory-street',
      },
      model: {
        backbone: { name: 'cbr', width: 2, depth: 1 },
        center: 'cbr',
        decoder: { name: 'unet', upsampler: 'transposed', merge: 'concat' },
      },
      loss: 'ce',
      train: { steps: 2, batchSize: 1 },
    },
    { folder: run },
  );
  await lastValueFrom(training);

  const trained = await app.openRun(run);
  const { labels: schema } = trained.config.data;
  const { confusion } = await trained.evaluate('validation');
  const table = perClassTable(confusion, schema);
  // 8 of the 64 pixels are void.
  expect(table.map(({ name, pixels }) => [name, pixels])).toEqual([
    ['road', 28],
    ['car', 28],
  ]);
  const image = { ...shape, data: Float32Array.from(at(0.1, 0.9, 0.5)) };
  const { labels, probabilities } = await trained.predictor.predict(image);
  trained.dispose();
  expect(probabilities.channels).toBe(2);
  if (labels === undefined) return expect.unreachable('the network predicts labels');
  expect([0, 1]).toEqual(expect.arrayContaining([...new Set(labels.data)]));

  const path = join(folder, 'map.png');
  await writeFile(path, encodeLabelPng(labels, schema));
  const { data: ids } = await readMask(path);
  expect([...ids]).toEqual([...labels.data].map((label) => (label === 0 ? 7 : 26)));
  const truth = { ...shape, data: Int32Array.of(0, 1, schema.ignoreIndex) };
  const drawn = colorize({ ...truth, height: 1, width: 3 }, schema.classes);
  expect([...drawn.data]).toEqual([1, 2, 3, 4, 5, 6, 128, 128, 128]);
});
