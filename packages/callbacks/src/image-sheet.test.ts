import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readImage } from '@segkit/data';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { imageSheet } from './image-sheet.js';
import { fakeRun, makeCallback, send } from './make-callback.test-support.js';
import { runStart, validation } from './make-events.test-support.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-image-sheet-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('draws image, truth and prediction of the first samples', async () => {
  const callback = makeCallback(imageSheet, { samples: 2 });
  const run = fakeRun(folder);
  await send(callback, run, [runStart({ folder }), validation(100)]);
  expect(run.predicted).toEqual([0, 1]);
  const sheet = await readImage(join(folder, 'sheets', 'step-0000100.png'));
  // Two rows of three tiles: 1x2 pixels, enlarged 192 times, with gaps of 4 pixels.
  expect(sheet).toMatchObject({ height: 2 * 192 + 3 * 4, width: 3 * 384 + 4 * 4, channels: 3 });
  const at = (y: number, x: number) => [
    ...sheet.data.subarray(3 * (y * sheet.width + x)).subarray(0, 3),
  ];
  // The bright pixel of the image, and that class's colour, (200, 100, 0), in truth and prediction.
  const [image, truth, prediction] = [0, 1, 2].map((tile) => at(100, 4 + tile * 388 + 300));
  expect(image).toBeAllClose([1, 1, 1]);
  expect(truth).toBeAllClose([200 / 255, 100 / 255, 0]);
  expect(prediction).toBeAllClose([200 / 255, 100 / 255, 0]);
});

test('only at every so manyth validation, and only the samples asked for', async () => {
  const callback = makeCallback(imageSheet, { every: 2, samples: [5, 1] });
  const run = fakeRun(folder);
  await send(callback, run, [
    runStart({ folder }),
    ...[10, 20, 30, 40].map((at) => validation(at)),
  ]);
  expect(run.predicted).toEqual([5, 1, 5, 1]);
  expect(readdirSync(join(folder, 'sheets')).sort()).toEqual([
    'step-0000020.png',
    'step-0000040.png',
  ]);
});

test('a resumed run goes on counting', async () => {
  const interrupted = makeCallback(imageSheet, { every: 2 });
  await send(interrupted, fakeRun(folder), [runStart({ folder }), validation(10)]);
  const resumed = makeCallback(imageSheet, { every: 2 });
  resumed.restore?.(interrupted.state?.() ?? null);
  await send(resumed, fakeRun(folder), [runStart({ folder, step: 10 }), validation(20)]);
  expect(readdirSync(join(folder, 'sheets'))).toEqual(['step-0000020.png']);
});

test('fewer samples than asked for are all of them', async () => {
  const callback = makeCallback(imageSheet, { samples: 9 });
  const run = fakeRun(folder);
  await send(callback, run, [runStart({ folder, validationSamples: 3 }), validation(1)]);
  expect(run.predicted).toEqual([0, 1, 2]);
});

test('samples that are not there, and no validation set, are told at the start', async () => {
  const start = (samples: unknown, validationSamples: number) =>
    send(makeCallback(imageSheet, { samples }), fakeRun(folder), [
      runStart({ folder, validationSamples }),
    ]);
  await expect(start([0, 6], 6)).rejects.toThrow(/indices of 6 validation samples, received 6/);
  await expect(start(4, 0)).rejects.toThrow(/name a data\.validation/);
});
