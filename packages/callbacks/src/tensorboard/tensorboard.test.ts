import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { TrainingEvent } from '@segkit/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fakeRun, makeCallback, send } from '../make-callback.test-support.js';
import { runEnd, runStart, step, validation } from '../make-events.test-support.js';
import { tensorboard, tensorboardCallback } from './tensorboard.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-tensorboard-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function write(
  events: readonly TrainingEvent[],
  options: object = {},
  run = fakeRun(folder),
) {
  const callback = makeCallback(tensorboard, options);
  await send(callback, run, events);
  await callback.close?.();
  return run;
}

const eventFiles = () => readdirSync(folder).sort();

test('one file for every start, named as TensorBoard looks for them', async () => {
  await write([runStart({ folder }), step(1), runEnd(1)]);
  await write([runStart({ folder }), step(2), runEnd(2)]);
  const pid = String(process.pid);
  expect(eventFiles()).toHaveLength(2);
  for (const name of eventFiles()) {
    expect(name).toMatch(new RegExp(`^events\\.out\\.tfevents\\.\\d{10}\\..+\\.${pid}\\.\\d+$`));
  }
});

test('two starts in one second do not share a file', async () => {
  const callbacks = [1, 2].map(() =>
    tensorboardCallback({ every: 1, images: 0, histograms: false }, () => 1.7e12),
  );
  for (const callback of callbacks) await send(callback, fakeRun(folder), [step(1)]);
  for (const callback of callbacks) await callback.close?.();
  expect(eventFiles().map((name) => name.split('.').at(-1))).toEqual(['0', '1']);
});

test('every event is in the file before the next', async () => {
  const callback = makeCallback(tensorboard);
  const sizes: number[] = [];
  for (const event of [step(1), step(2), validation(2)]) {
    await send(callback, fakeRun(folder), [event]);
    sizes.push(readFileSync(join(folder, eventFiles()[0] ?? '')).length);
  }
  await callback.close?.();
  expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
});

test('draws no more samples than there are, and none if told so', async () => {
  const events = [runStart({ folder, validationSamples: 2 }), step(1), validation(1)];
  expect((await write(events)).predicted).toEqual([0, 1]);
  expect((await write(events, { images: 1 })).predicted).toEqual([0]);
  expect((await write(events, { images: 0 })).predicted).toEqual([]);
});

test('an image that cannot be drawn costs no number', async () => {
  const run = { ...fakeRun(folder), predict: () => Promise.reject(new Error('two channels')) };
  const callback = makeCallback(tensorboard);
  await send(callback, run, [runStart({ folder, validationSamples: 1 })]);
  await expect(send(callback, run, [validation(1)])).rejects.toThrow('two channels');
  await callback.close?.();
  const bytes = readFileSync(join(folder, eventFiles()[0] ?? ''), 'latin1');
  expect(bytes).toContain('validation/meanIoU');
  expect(bytes).toContain('weights/conv.weight');
});

/** Why TensorBoard cannot be asked; `undefined` if it can. */
function missingReader(): string | undefined {
  const { status, error } = spawnSync('python3', ['-c', 'import tensorboard']);
  if (error !== undefined) return `python3: ${error.message}`;
  return status === 0 ? undefined : 'python3 has no tensorboard; pip install tensorboard';
}

const missing = missingReader();
if (missing !== undefined) console.info(`skipped: TensorBoard's own reader (${missing})`);

interface Read {
  readonly version: number;
  readonly scalars: Readonly<Record<string, readonly (readonly [number, number | null])[]>>;
  readonly images: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly histograms: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly hparams: { readonly parameters: object; readonly status: string | null };
}

/** What `oracles/tensorboard_reader.py` finds in the folder. */
function read(): Read {
  const script = fileURLToPath(
    new URL('../../../../oracles/tensorboard_reader.py', import.meta.url),
  );
  const printed = execFileSync('python3', [script, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // Python writes NaN and infinities as no JSON parser reads them.
  return JSON.parse(printed.replace(/\bNaN\b/g, 'null')) as Read;
}

describe.skipIf(missing !== undefined)("TensorBoard's own reader finds", () => {
  test('scalars, images, histograms and hyper-parameters', async () => {
    await write(
      [
        runStart({ folder, validationSamples: 2 }),
        step(1, { loss: 0.7, learningRate: 1e-7 }),
        step(2, { loss: 0.1 }),
        validation(2, { meanIoU: 0.3, 'iou/cell': Number.NaN }, 0.9),
        { type: 'measurement', step: 2, values: { 'system/memory-mb': 123.25 } },
        runEnd(2),
      ],
      { every: 1 },
    );
    const found = read();
    expect(found.version).toBe(2);
    const f = Math.fround;
    expect(found.scalars).toEqual({
      'loss/train': [
        [1, f(0.7)],
        [2, f(0.1)],
      ],
      'training/learning-rate': [
        [1, f(1e-7)],
        [2, f(0.001)],
      ],
      'training/step-seconds': [
        [1, 0.5],
        [2, 0.5],
      ],
      'training/data-seconds': [
        [1, f(0.01)],
        [2, f(0.01)],
      ],
      'training/images-per-second': [
        [1, 4],
        [2, 4],
      ],
      'loss/validation': [[2, f(0.9)]],
      'validation/meanIoU': [[2, f(0.3)]],
      'iou/cell': [[2, null]],
      'system/memory-mb': [[2, 123.25]],
    });
    // Samples of 1x2 pixels, enlarged to 192x384: three of them and four gaps of 4 pixels.
    const size = [2, 192 + 2 * 4, 3 * 384 + 4 * 4];
    expect(found.images).toEqual({ 'samples/0': [size], 'samples/1': [size] });
    // The weights -1, 0, 0.5 and 1, in buckets of 2 / 30.
    expect(found.histograms['weights/conv.weight']).toMatchObject([
      { step: 2, min: -1, max: 1, count: 4, sum: 0.5, sumOfSquares: 2.25 },
    ]);
    expect(found.histograms['weights/conv.bias']).toMatchObject([{ count: 1, counts: [1] }]);
    expect(found.hparams).toEqual({
      parameters: { seed: 0, 'loss.name': 'ce', 'train.steps': 100 },
      status: 'STATUS_SUCCESS',
    });
  });

  test('of a run that was resumed at step 3 the steps before, and the new ones', async () => {
    const startAt = (seconds: number) =>
      tensorboardCallback({ every: 1, images: 0, histograms: false }, () => 1000 * seconds);
    const lossAt = (count: number, loss: number) => step(count, { loss });
    const killed = startAt(1.7e9);
    await send(killed, fakeRun(folder), [
      runStart({ folder }),
      ...[1, 2, 3, 4].map((count) => lossAt(count, 0.5)),
    ]);
    const resumed = startAt(1.7e9 + 60);
    await send(resumed, fakeRun(folder), [
      runStart({ folder }),
      lossAt(3, 0.25),
      lossAt(4, 0.25),
      runEnd(4),
    ]);
    await resumed.close?.();
    await killed.close?.();
    expect(read().scalars['loss/train']).toEqual([
      [1, 0.5],
      [2, 0.5],
      [3, 0.25],
      [4, 0.25],
    ]);
  });

  test('a run that failed', async () => {
    await write([runStart({ folder }), step(1)]);
    expect(read().hparams.status).toBe('STATUS_FAILURE');
  });
});
