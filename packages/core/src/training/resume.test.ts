import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readCheckpoint, findCheckpoint } from '../checkpoint/open-checkpoint.js';
import type { Callback } from '../components/callback.js';
import type { StateValue } from '../components/state-value.js';
import type { TrainingEvent } from '../components/training-event.js';
import { CheckpointError } from '../errors.js';
import { callbackPlugin, tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';
import { copyRunning } from './run-tiny.test-support.js';

// Six samples in batches of four: epochs of two steps, the second one with a smaller batch.
const config: Record<string, unknown> = tinyConfig({
  callbacks: ['saver', 'counter'],
  optimizer: { name: 'adam', learningRate: 0.01 },
  schedule: 'cosine',
  transforms: { train: ['shift'] },
  train: { steps: 7, batchSize: 4, validateEvery: 3 },
});

/** Saves at every event that asks for it, and copies the folder as a crash at that moment would leave it. */
const saver: Callback = {
  onError: 'stop',
  handle: (event, run) => {
    if (event.type !== 'run-start') run.saveCheckpoint('last', { keep: 3 });
  },
};

/** Counts validations; its count must survive. */
function counter(): Callback & { count: number } {
  return {
    onError: 'stop',
    count: 0,
    handle(event) {
      if (event.type === 'validation') this.count += 1;
    },
    state() {
      return this.count;
    },
    restore(state: StateValue) {
      this.count = state as number;
    },
  };
}

function appWith(counting = counter(), ...more: Callback[]) {
  const plugins = more.map((callback, index) => callbackPlugin(`probe-${String(index)}`, callback));
  return tinyApp(callbackPlugin('saver', saver), callbackPlugin('counter', counting), ...plugins);
}

let parent: string;
let whole: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'segkit-resume-'));
  whole = join(parent, 'whole');
  await lastValueFrom(appWith().fit(config as never, { folder: whole }));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

async function finalState(folder: string): Promise<object> {
  const { weights, optimizer, state } = await readCheckpoint(
    folder,
    await findCheckpoint(folder, 'last'),
  );
  const { position, callbacks } = state;
  const { seconds: _, ...rest } = position;
  return { weights, optimizer, position: rest, callbacks };
}

const resume = (folder: string): Promise<TrainingEvent[]> =>
  lastValueFrom(appWith().resume(folder).pipe(toArray()));

const kindsOf = (events: readonly TrainingEvent[]): string[] =>
  events
    .filter(({ type }) => type !== 'checkpoint-saved')
    .map((event) => `${event.type} ${'step' in event ? String(event.step) : ''}`);

test.each([1, 2, 3, 4, 5, 6])(
  'a run that was stopped after step %i ends with the weights of one that never was',
  async (stopAt) => {
    const folder = join(parent, `stopped-${String(stopAt)}`);
    const abort = new AbortController();
    const stopper: Callback = {
      onError: 'stop',
      handle: (event) => {
        if (event.type === 'step' && event.step === stopAt) abort.abort();
      },
    };
    const stopping = { ...config, callbacks: ['saver', 'counter', 'probe-0'] };
    const app = appWith(counter(), stopper);
    await lastValueFrom(app.fit(stopping as never, { folder, signal: abort.signal }));
    // The callback that stops is not part of the run that goes on.
    const file = join(folder, 'config.json');
    const stored = JSON.parse(await readFile(file, 'utf8')) as { callbacks: unknown[] };
    stored.callbacks.pop();
    await writeFile(file, JSON.stringify(stored));
    const events = await resume(folder);
    expect(events[0]).toMatchObject({ type: 'run-start', step: stopAt, folder });
    expect(events.at(-1)?.type === 'run-end' || events.at(-1)?.type === 'checkpoint-saved').toBe(
      true,
    );
    expect(await finalState(folder)).toEqual(await finalState(whole));
  },
);

test('a crash at any moment between two events leaves a run that goes on to the same weights', async () => {
  const folder = join(parent, 'crashing');
  const copies: string[] = [];
  const copier: Callback = {
    onError: 'stop',
    handle: async ({ type }) => {
      const copy = join(parent, `crash-${String(copies.length)}-${type}`);
      copyRunning(folder, copy);
      await rm(join(copy, 'run.lock'));
      copies.push(copy);
    },
  };
  const crashing = { ...config, callbacks: ['saver', 'counter', 'probe-0'] };
  await lastValueFrom(appWith(counter(), copier).fit(crashing as never, { folder }));
  expect(copies.length).toBeGreaterThan(20);
  const expected = await finalState(whole);
  for (const copy of copies) {
    const file = join(copy, 'config.json');
    const stored = JSON.parse(await readFile(file, 'utf8')) as { callbacks: unknown[] };
    stored.callbacks.pop();
    await writeFile(file, JSON.stringify(stored));
    await resume(copy);
    const { callbacks, ...state } = (await finalState(copy)) as { callbacks: unknown };
    const { callbacks: expectedCallbacks, ...expectedState } = expected as { callbacks: unknown };
    expect(state, copy).toEqual(expectedState);
    expect(callbacks, copy).toEqual(expectedCallbacks);
  }
  // Dozens of runs, each with a dozen checkpoints that are flushed to the disk.
}, 180_000);

test('a resumed run tells what is left, once', async () => {
  const folder = join(parent, 'telling');
  const abort = new AbortController();
  const events = await new Promise<TrainingEvent[]>((resolve, reject) => {
    const seen: TrainingEvent[] = [];
    appWith()
      .fit(config as never, { folder, signal: abort.signal })
      .subscribe({
        next: (event) => {
          seen.push(event);
          if (event.type === 'step' && event.step === 3) abort.abort();
        },
        error: reject,
        complete: () => {
          resolve(seen);
        },
      });
  });
  expect(kindsOf(events)).toEqual([
    'run-start 0',
    'epoch-start 0',
    'step 1',
    'step 2',
    'epoch-end 2',
    'epoch-start 2',
    'step 3',
    'epoch-end 3',
    'run-end 3',
  ]);
  expect(kindsOf(await resume(folder))).toEqual([
    'run-start 3',
    'validation 3',
    'step 4',
    'epoch-end 4',
    'epoch-start 4',
    'step 5',
    'step 6',
    'validation 6',
    'epoch-end 6',
    'epoch-start 6',
    'step 7',
    'epoch-end 7',
    'validation 7',
    'run-end 7',
  ]);
  // There is nothing left to do now.
  expect(kindsOf(await resume(folder))).toEqual(['run-start 7', 'run-end 7']);
});

test('a run without a checkpoint begins again, in its folder', async () => {
  const folder = join(parent, 'early');
  await cp(whole, folder, { recursive: true });
  await rm(join(folder, 'checkpoints'), { recursive: true });
  const events = await resume(folder);
  expect(events[0]).toMatchObject({ type: 'run-start', step: 0, folder });
  expect(await finalState(folder)).toEqual(await finalState(whole));
});

test('a damaged checkpoint is passed over with a warning', async () => {
  const folder = join(parent, 'damaged');
  await cp(whole, folder, { recursive: true });
  const weights = join(folder, 'checkpoints', 'step-7.safetensors');
  const bytes = await readFile(weights);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(weights, bytes);
  const events = await resume(folder);
  expect(events[0]).toMatchObject({ type: 'run-start', step: 6 });
  const warning = events.find(({ type }) => type === 'warning');
  expect(warning).toMatchObject({
    message: expect.stringMatching(/step-7.safetensors: is damaged: its checksum/) as string,
  });
  expect(await finalState(folder)).toEqual(await finalState(whole));
});

test('one flipped bit anywhere in a checkpoint never passes for whole', async () => {
  const folder = join(parent, 'flipped');
  await cp(whole, folder, { recursive: true });
  const names = ['step-7.json', 'step-7.safetensors', 'step-7.optimizer.safetensors'];
  let seed = 1;
  const random = (bound: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * bound);
  };
  for (let round = 0; round < 1000; round++) {
    const path = join(folder, 'checkpoints', names[round % names.length] ?? '');
    const bytes = await readFile(path);
    const position = random(bytes.length);
    const bit = 1 << random(8);
    bytes[position] = (bytes[position] ?? 0) ^ bit;
    await writeFile(path, bytes);
    const reading = findCheckpoint(folder, 'step-7').then((found) => readCheckpoint(folder, found));
    await expect(
      reading,
      `bit ${String(bit)} of byte ${String(position)} of ${path}`,
    ).rejects.toThrow(CheckpointError);
    bytes[position] = (bytes[position] ?? 0) ^ bit;
    await writeFile(path, bytes);
  }
});

test('keeps the newest checkpoints and those with a name', async () => {
  const files = await readdir(join(whole, 'checkpoints'));
  const records = files.filter((file) => file.endsWith('.json')).sort();
  expect(records).toEqual(['last.json', 'step-5.json', 'step-6.json', 'step-7.json']);
  expect(files.filter((file) => file.endsWith('.tmp'))).toEqual([]);
});

test('a run in use, other data and another seed are refused', async () => {
  const folder = join(parent, 'refused');
  await cp(whole, folder, { recursive: true });
  const lock = join(folder, 'run.lock');
  await writeFile(lock, JSON.stringify({ pid: 1, host: 'elsewhere', began: null }));
  await expect(resume(folder)).rejects.toThrow(/process 1 on the computer "elsewhere" trains/);
  await rm(lock);
  const edit = (change: object) => (stored: unknown) => ({ ...(stored as object), ...change });
  const resumeWith = (change: object): Promise<unknown> =>
    lastValueFrom(appWith().resume(folder, { edit: edit(change) }));
  await expect(resumeWith({ seed: 9 })).rejects.toThrow(/was saved with seed 0, the config says 9/);
  const data = { ...(config.data as object), train: { name: 'two-tone', count: 5 } };
  await expect(resumeWith({ data })).rejects.toThrow(
    /was saved with 6 training samples, data.train has 5/,
  );
  // Refusing lets go of the folder.
  await expect(readFile(lock)).rejects.toThrow();
});

test('can go on for longer than was planned', async () => {
  const folder = join(parent, 'longer');
  await cp(whole, folder, { recursive: true });
  const edit = (stored: unknown) => ({
    ...(stored as object),
    train: { steps: 9, batchSize: 4, validateEvery: 3 },
  });
  const events = await lastValueFrom(appWith().resume(folder, { edit }).pipe(toArray()));
  expect(events.findLast(({ type }) => type === 'step')).toMatchObject({ step: 9 });
});

test('frees everything', async () => {
  const folder = join(parent, 'freed');
  await cp(whole, folder, { recursive: true });
  const before = tf.memory().numTensors;
  await resume(folder);
  expect(tf.memory().numTensors).toBe(before);
});
