import { promises as fs } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';

import type { Sample } from '../../components/sample.js';
import { CheckpointError, TrainingError } from '../../errors.js';
import {
  causesOf,
  checkpointOf,
  resumeTiny,
  runTiny,
  spoiling,
  temporaryRun,
} from '../run-tiny.test-support.js';

import { defineDataset, defineLoss } from '../../registry/plugin.js';
import { callbackPlugin, tinyApp, tinyConfig } from '../../testing/tiny-plugins.test-support.js';
import { TensorLeaks } from './tensor-leaks.js';

function withPixels(sample: Sample, value: number): Sample {
  return { ...sample, image: { ...sample.image, data: sample.image.data.map(() => value) } };
}

/** Spoils one of the six samples whenever it comes. */
const badSample = () =>
  spoiling((sample) => (sample.id === 'two-tone-3' ? withPixels(sample, Number.NaN) : sample));

/** Spoils the samples of the n-th batch that is made, once; the loader makes one more for its check at the start. */
function badOnce(nth: number) {
  let made = -1;
  return spoiling((sample) => (made++ === nth ? withPixels(sample, Number.NaN) : sample));
}

const transforms = { train: ['shift', 'spoil'] };
const optimizer = { name: 'adam', learningRate: 0.01 };
// Batches of one: six steps an epoch, one of them bad.
const train = { steps: 8, batchSize: 1 };

describe('a loss that is not finite', () => {
  test('stops the run by default', async () => {
    const run = runTiny({ transforms, optimizer, train }, { plugins: [badSample()] });
    await expect(run).rejects.toThrow(TrainingError);
  });

  test('may be passed over: no weight changes, the step counts', async () => {
    const run = await runTiny(
      { transforms, optimizer, train: { ...train, onNonFinite: 'skip' } },
      { plugins: [badSample()] },
    );
    expect(run.steps).toHaveLength(8);
    const skipped = run.steps.filter((step) => step.skipped);
    expect(skipped.length).toBeGreaterThan(0);
    expect(causesOf(run, 'non-finite')).toHaveLength(skipped.length);
    expect(causesOf(run, 'non-finite')[0]).toMatchObject({
      loss: Number.NaN,
      samples: ['two-tone-3'],
      action: 'skip',
    });
    const { step = 0 } = skipped[0] ?? {};
    if (step > 1) {
      const before = await checkpointOf(run.folder, `step-${String(step - 1)}`);
      const after = await checkpointOf(run.folder, `step-${String(step)}`);
      expect(after.weights).toEqual(before.weights);
      expect(after.optimizer).toEqual(before.optimizer);
    }
    // The epoch's mean leaves it out.
    const epoch = run.events.find((event) => event.type === 'epoch-end');
    expect(epoch?.loss).toSatisfy(Number.isFinite);
  });

  test('ends the run when too many follow each other', async () => {
    const all = spoiling((sample) => withPixels(sample, Number.NaN));
    const onNonFinite = { do: 'skip', limit: 2 };
    const run = runTiny({ transforms, train: { ...train, onNonFinite } }, { plugins: [all] });
    await expect(run).rejects.toThrow(
      /step 3: the loss is NaN .* 2 updates in a row were left out before it \(train\.onNonFinite\.limit\)/,
    );
  });

  test('is noticed in the gradients too', async () => {
    // The square root of 0 has an infinite derivative.
    const run = await runTiny(
      {
        loss: 'rooted',
        train: { steps: 1, batchSize: 2, onNonFinite: 'skip' },
      },
      { plugins: [rootedLoss] },
    );
    const [cause] = causesOf(run, 'non-finite');
    expect(cause?.loss).toSatisfy(Number.isFinite);
    expect(cause?.gradientNorm).not.toSatisfy(Number.isFinite);
    expect(run.warnings[0]?.message).toMatch(/step 1: the norm of the gradients is/);
  });

  test('may take the run back to its last checkpoint, with a lower rate', async () => {
    const onNonFinite = { do: 'rollback', rateFactor: 0.25 };
    const run = await runTiny(
      { transforms, optimizer, train: { ...train, onNonFinite } },
      { plugins: [badOnce(4)] },
    );
    expect(causesOf(run, 'non-finite')).toHaveLength(1);
    expect(run.warnings[0]?.message).toMatch(/back to step-\d, the learning rate times 0\.25/);
    const counted = run.steps.map(({ step }) => step);
    expect(counted).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const rates = run.steps.map(({ learningRate }) => learningRate);
    expect(rates[0]).toBe(0.01);
    expect(rates.at(-1)).toBe(0.0025);
    const end = run.events.find(({ type }) => type === 'run-end');
    expect(end).toMatchObject({ step: 8, reason: 'completed' });
    expect((await checkpointOf(run.folder)).guards.returns).toBe(1);
    // The lower rate is part of the checkpoint.
    const longer = { ...train, steps: 9, onNonFinite };
    const resumed = await resumeTiny(run.folder, [badOnce(-2)], longer);
    expect(resumed.steps.map(({ learningRate }) => learningRate)).toEqual([0.0025]);
  });

  test('gives up after so many returns, or without a checkpoint', async () => {
    const onNonFinite = { do: 'rollback', limit: 2 };
    const returning = runTiny(
      { transforms, train: { ...train, onNonFinite } },
      { plugins: [badSample()] },
    );
    await expect(returning).rejects.toThrow(
      /the run went back to a checkpoint 2 times before it|no checkpoint to go back to/,
    );
    const early = runTiny(
      { transforms, callbacks: [], train: { ...train, onNonFinite: 'rollback' } },
      { plugins: [badSample()] },
    );
    await expect(early).rejects.toThrow(/there is no checkpoint to go back to/);
  });

  test.each([2, 5, 7])(
    'passed over, it leaves a run that resumes after step %i',
    async (stopAt) => {
      const config = { transforms, optimizer, train: { ...train, onNonFinite: 'skip' } };
      const whole = await runTiny(config, { plugins: [badSample()] });
      const { folder } = await runTiny(config, { plugins: [badSample()], stopAt });
      await resumeTiny(folder, [badSample()]);
      expect(await checkpointOf(folder)).toEqual(await checkpointOf(whole.folder));
    },
  );
});

const rootedLoss = defineLoss({
  name: 'rooted',
  description: 'The root of something that is always 0.',
  options: z.strictObject({}),
  create: () => ({
    activation: 'softmax',
    outChannels: (classes) => classes,
    forward: (logits) => tf.tidy(() => tf.mean<tf.Scalar>(tf.sqrt(tf.mul(logits, 0)))),
  }),
});

describe('a loss far above those before it', () => {
  /** From the 14th sample on that is made, one is a thousand times as bright. */
  const bright = () => {
    let made = -1;
    return spoiling((sample) => (made++ === 14 ? withPixels(sample, -1000) : sample));
  };
  const spiky = { transforms, optimizer, train: { steps: 18, batchSize: 1 } };

  test('is told', async () => {
    const run = await runTiny(spiky, { plugins: [bright()] });
    const spikes = causesOf(run, 'loss-spike');
    expect(spikes).toHaveLength(1);
    expect(spikes[0]).toMatchObject({ action: 'warn' });
    expect(spikes[0]?.loss).toBeGreaterThan(spikes[0]?.limit ?? Infinity);
    expect(run.steps.every(({ skipped }) => skipped === undefined)).toBe(true);
  });

  test('may be passed over', async () => {
    const run = await runTiny(
      { ...spiky, train: { ...spiky.train, onLossSpike: 'skip' } },
      { plugins: [bright()] },
    );
    expect(run.steps.filter(({ skipped }) => skipped)).toHaveLength(1);
    expect(causesOf(run, 'loss-spike')[0]).toMatchObject({ action: 'skip' });
  });

  test('is what the config says', async () => {
    const train = { ...spiky.train, onLossSpike: 'shout' };
    await expect(runTiny({ ...spiky, train }, { plugins: [bright()] })).rejects.toThrow(
      /train\.onLossSpike: expected "ignore", "warn", "skip" or \{ do, window, threshold \}/,
    );
  });
});

test('tensors that every step leaves behind are told once, in numbers', async () => {
  const left: tf.Tensor[] = [];
  const leaking = callbackPlugin('leaking', {
    onError: 'stop',
    handle: ({ type }) => {
      if (type === 'step') left.push(tf.zeros([256]), tf.zeros([1]));
    },
  });
  const run = await runTiny(
    { callbacks: ['leaking'], train: { steps: 150, batchSize: 1 } },
    { plugins: [leaking] },
  );
  tf.dispose(left);
  // 256 and 1 float32 a step.
  expect(causesOf(run, 'tensor-leak')).toMatchObject([
    { steps: 60, tensorsPerStep: 2, bytesPerStep: 4 * 257 },
  ]);
  expect(run.warnings[0]?.message).toMatch(
    /the last 60 steps left tensors behind, 2\.0 and 1\.0 KiB/,
  );
});

test('a run that leaves nothing behind, or fills a cache once, is no leak', () => {
  const leaks = new TensorLeaks();
  for (let step = 0; step < 200; step++) {
    const tensors = 100 + (step % 7) + (step > 30 ? 50 : 0) + (step > 90 ? 50 : 0);
    expect(leaks.observe({ tensors, bytes: tensors })).toBeUndefined();
  }
});

describe('a batch that does not come', () => {
  /** Loads its samples, the last of three only when it is let. */
  function stalling() {
    let letGo: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => (letGo = resolve));
    let loads = 0;
    const raster = { height: 8, width: 8, channels: 1 };
    const slow = defineDataset({
      name: 'slow',
      description: 'Takes its time for the third sample.',
      options: z.strictObject({}),
      create: () => ({
        length: 3,
        channels: 1,
        prepare: () => Promise.resolve(),
        load: async (index) => {
          if (++loads === 3) await wait;
          const image = { ...raster, data: new Float32Array(64).fill(index / 3) };
          return { id: String(index), image, labels: { ...raster, data: new Int32Array(64) } };
        },
      }),
    });
    return { slow, letGo };
  }
  const data = { labels: { classes: ['dark', 'bright'] }, train: 'slow' };
  const stalled = (onStall: object) => ({
    data,
    loader: { workers: 0 },
    train: { steps: 3, batchSize: 1, onStall },
  });

  test('is told, and again after twice the time', async () => {
    const { slow, letGo } = stalling();
    const told: number[] = [];
    const watcher = callbackPlugin('watcher', {
      onError: 'stop',
      handle: (event) => {
        if (event.type === 'warning' && told.push(event.step) === 2) letGo();
      },
    });
    const config = { ...stalled({ do: 'warn', after: 0.05 }), callbacks: ['watcher'] };
    const run = await runTiny(config, { plugins: [slow, watcher] });
    expect(causesOf(run, 'stalled-loader').slice(0, 2)).toMatchObject([
      { epoch: 1, seconds: 0.05 },
      { epoch: 1, seconds: 0.1 },
    ]);
    expect(run.steps).toHaveLength(3);
  });

  test('may end the run, which is saved and goes on to the same weights', async () => {
    const whole = stalling();
    whole.letGo();
    const expected = await runTiny(stalled({ do: 'stop' }), { plugins: [whole.slow] });

    const { slow } = stalling();
    const folder = temporaryRun();
    const onStall = { do: 'stop', after: 0.05, limit: 0.3 };
    const ended = runTiny(stalled(onStall), { plugins: [slow], folder });
    await expect(ended).rejects.toThrow(TrainingError);
    await expect(ended).rejects.toThrow(
      /loading: no batch for 0\.3 s in epoch 1 \(train\.onStall\.limit\); .* Resume the run/,
    );
    const { position } = await checkpointOf(folder);
    expect(position).toMatchObject({ stopReason: null });
    expect(position.step).toBeLessThan(3);

    await resumeTiny(folder, [whole.slow]);
    expect(await checkpointOf(folder)).toEqual(await checkpointOf(expected.folder));
  });

  test('does not keep a run from being interrupted', async () => {
    const { slow } = stalling();
    const abort = new AbortController();
    const watcher = callbackPlugin('watcher', {
      onError: 'stop',
      handle: ({ type }) => {
        if (type === 'warning') abort.abort();
      },
    });
    const config = tinyConfig({
      ...stalled({ do: 'warn', after: 0.02 }),
      callbacks: ['watcher'],
    });
    const events = await lastValueFrom(
      tinyApp(slow, watcher).fit(config, { signal: abort.signal }).pipe(toArray()),
    );
    expect(events.at(-1)).toMatchObject({ type: 'run-end', reason: 'aborted' });
  });

  test('does what the config says', async () => {
    await expect(runTiny(stalled({ do: 'panic' }), { plugins: [stalling().slow] })).rejects.toThrow(
      /train\.onStall: expected "warn", "stop" or \{ do, after, limit \}/,
    );
  });
});

describe('a disk that fills up', () => {
  // Weights: 1*4*9 + 4 + 4*2 + 2 = 50; Adam: two slots of each and a step count for each of four.
  const needed = 4 * (50 + 2 * 50 + 4);
  const withFree = (bytes: number) =>
    vi.spyOn(fs, 'statfs').mockResolvedValue({ bavail: bytes, bsize: 1 } as never);

  test('is told while there is room for one more checkpoint', async () => {
    const spy = withFree(needed * 1.5);
    const run = await runTiny({ optimizer, train: { steps: 1, batchSize: 1 } });
    expect(causesOf(run, 'low-disk')[0]).toEqual({
      guard: 'low-disk',
      freeBytes: needed * 1.5,
      neededBytes: needed,
    });
    spy.mockRestore();
  });

  test('ends the run before a checkpoint is begun that does not fit', async () => {
    const spy = withFree(needed - 1);
    const folder = temporaryRun();
    const run = runTiny({ optimizer, train: { steps: 1, batchSize: 1 } }, { folder });
    await expect(run).rejects.toThrow(CheckpointError);
    await expect(run).rejects.toThrow(/the disk has 0\.0 MB left, a checkpoint takes 0\.0 MB/);
    spy.mockRestore();
    expect(await fs.readdir(join(folder, 'checkpoints'))).toEqual([]);
  });

  const waiting = (onUnsaved: object) => ({
    optimizer,
    train: { steps: 3, batchSize: 1, onUnsaved: { do: 'wait', every: 0.01, ...onUnsaved } },
  });

  test('may be waited for: the run keeps what it has and goes on when there is room', async () => {
    const undisturbed = await runTiny({ optimizer, train: { steps: 3, batchSize: 1 } });
    let attempts = 0;
    const spy = vi.spyOn(fs, 'statfs').mockImplementation((() => {
      attempts += 1;
      return Promise.resolve({ bavail: attempts === 2 || attempts === 3 ? 7 : 1e9, bsize: 1 });
    }) as never);
    const run = await runTiny(waiting({}));
    spy.mockRestore();
    expect(causesOf(run, 'unsaved')).toEqual([
      { guard: 'unsaved', freeBytes: 7, neededBytes: needed, retrySeconds: 0.01 },
    ]);
    expect(run.warnings).toHaveLength(1);
    expect(await checkpointOf(run.folder)).toEqual(await checkpointOf(undisturbed.folder));
    const saved = run.events.filter((event) => event.type === 'checkpoint-saved');
    expect([...new Set(saved.map(({ step }) => step))]).toEqual([1, 2, 3]);
  });

  test('is waited for at the end of a run that a callback stops, too', async () => {
    let attempts = 0;
    const spy = vi.spyOn(fs, 'statfs').mockImplementation((() => {
      attempts += 1;
      return Promise.resolve({ bavail: attempts < 4 ? 0 : 1e9, bsize: 1 });
    }) as never);
    const stopper = callbackPlugin('stopper', {
      onError: 'stop',
      handle: (event, run) => {
        if (event.type === 'step') run.stop('good enough');
      },
    });
    const config = { ...waiting({}), callbacks: ['stopper', 'saver'] };
    const run = await runTiny(config, { plugins: [stopper] });
    spy.mockRestore();
    const { position } = await checkpointOf(run.folder);
    expect(position).toMatchObject({ step: 1, stopReason: 'good enough' });
  });

  test('is waited for as long as the config says, or until the run is interrupted', async () => {
    const spy = withFree(0);
    await expect(runTiny(waiting({ limit: 0.05 }))).rejects.toThrow(CheckpointError);
    const abort = new AbortController();
    const saver = callbackPlugin('saver', {
      onError: 'stop',
      handle: (event, run) => {
        if (event.type === 'step') run.saveCheckpoint('last');
        if (event.type === 'warning') abort.abort();
      },
    });
    const config = tinyConfig({ ...waiting({ every: 60 }), callbacks: ['saver'] });
    const { signal } = abort;
    const run = tinyApp(saver).fit(config, { folder: temporaryRun(), signal });
    await expect(lastValueFrom(run)).rejects.toThrow(/make room, then resume the run/);
    spy.mockRestore();
  });
});
