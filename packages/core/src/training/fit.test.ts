import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { filter, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Callback } from '../components/callback.js';
import type { TrainingEvent } from '../components/training-event.js';
import { ShapeError, TrainingError } from '../errors.js';
import { callbackPlugin, tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'segkit-fit-'));
});
afterEach(async () => {
  await rm(parent, { recursive: true, force: true });
});

const eventsOf = (overrides: Record<string, unknown> = {}, ...callbacks: Callback[]) => {
  const plugins = callbacks.map((callback, index) =>
    callbackPlugin(`probe-${String(index)}`, callback),
  );
  const app = tinyApp(...plugins);
  const config = tinyConfig({ callbacks: plugins.map(({ name }) => name), ...overrides });
  return app.fit(config);
};

const typesOf = (events: readonly TrainingEvent[]): string[] => events.map(({ type }) => type);

test('emits the run in order: six samples in batches of four are epochs of two steps', async () => {
  const events = await lastValueFrom(
    eventsOf({ train: { steps: 3, batchSize: 4 } }).pipe(toArray()),
  );
  expect(typesOf(events)).toEqual([
    'run-start',
    'epoch-start',
    'step',
    'step',
    'epoch-end',
    'validation',
    'epoch-start',
    'step',
    'epoch-end',
    'validation',
    'run-end',
  ]);
  expect(events[0]).toMatchObject({
    totalSteps: 3,
    stepsPerEpoch: 2,
    trainSamples: 6,
    engine: 'cpu',
  });
  expect(events.at(-1)).toMatchObject({ step: 3, epoch: 2, reason: 'completed' });
});

test('learns: the loss falls and the metric rises', async () => {
  const optimizer = { name: 'adam', learningRate: 0.05 };
  const events = await lastValueFrom(
    eventsOf({ optimizer, train: { steps: 40, batchSize: 2 } }).pipe(toArray()),
  );
  const losses = events.filter((event) => event.type === 'step').map(({ loss }) => loss);
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  const validations = events.filter((event) => event.type === 'validation');
  expect(validations.at(-1)!.metrics['pixelAccuracy']).toBeGreaterThan(0.9);
});

test('is cold, and the same seed gives the same losses at every subscription', async () => {
  const run = eventsOf();
  const losses = () =>
    lastValueFrom(
      run.pipe(
        filter((event) => event.type === 'step'),
        map(({ loss }) => loss),
        toArray(),
      ),
    );
  const first = await losses();
  expect(await losses()).toEqual(first);
  const other = await lastValueFrom(
    eventsOf({ seed: 1 }).pipe(
      filter((event) => event.type === 'step'),
      map(({ loss }) => loss),
      toArray(),
    ),
  );
  expect(other).not.toEqual(first);
});

test('unsubscribing stops after the current step; callbacks see run-end and are closed', async () => {
  const seen: string[] = [];
  const closed = new Promise<void>((resolve) => {
    const probe: Callback = {
      onError: 'stop',
      handle: (event) =>
        void seen.push(event.type === 'run-end' ? `end ${event.reason}` : event.type),
      close: resolve,
    };
    eventsOf({ train: { steps: 1000, batchSize: 2 } }, probe)
      .pipe(
        filter((event) => event.type === 'step'),
        take(2),
      )
      .subscribe();
  });
  await closed;
  expect(seen.filter((type) => type === 'step')).toHaveLength(2);
  expect(seen.at(-1)).toBe('end unsubscribed');
});

test('timers are heard between steps, so a run can be unsubscribed from anywhere', async () => {
  const seen: string[] = [];
  await new Promise<void>((resolve) => {
    const probe: Callback = {
      onError: 'stop',
      handle: (event) =>
        void seen.push(event.type === 'run-end' ? `end ${event.reason}` : event.type),
      close: resolve,
    };
    const subscription = eventsOf({ train: { steps: 100_000, batchSize: 2 } }, probe).subscribe();
    setTimeout(() => {
      subscription.unsubscribe();
    }, 20);
  });
  expect(seen.at(-1)).toBe('end unsubscribed');
});

test('an abort signal stops after the current step, and the subscriber sees the end', async () => {
  const controller = new AbortController();
  const app = tinyApp();
  const config = tinyConfig({ train: { steps: 1000, batchSize: 2 } });
  const events: TrainingEvent[] = [];
  await app.fit(config, { signal: controller.signal }).forEach((event) => {
    events.push(event);
    if (event.type === 'step' && event.step === 2) controller.abort();
  });
  expect(typesOf(events).slice(-3)).toEqual(['step', 'epoch-end', 'run-end']);
  expect(events.at(-1)).toMatchObject({ step: 2, reason: 'aborted' });
});

test('a callback may stop the run; the last validation still happens', async () => {
  const probe: Callback = {
    onError: 'stop',
    handle: (event, run) => {
      if (event.type === 'step' && event.step === 2) run.stop('enough');
    },
  };
  const events = await lastValueFrom(
    eventsOf({ train: { steps: 100, batchSize: 2, validateEvery: 50 } }, probe).pipe(toArray()),
  );
  expect(typesOf(events).slice(-2)).toEqual(['validation', 'run-end']);
  expect(events.at(-1)).toMatchObject({ step: 2, reason: 'enough' });
});

test('an error in a callback that declares "stop" ends the run with it, and all callbacks are closed', async () => {
  let closed = 0;
  const close = () => void (closed += 1);
  const failing: Callback = {
    onError: 'stop',
    handle: (event) => {
      if (event.type === 'step') throw new Error('disk full');
    },
    close,
  };
  const quiet: Callback = { onError: 'warn', handle: () => undefined, close };
  await expect(lastValueFrom(eventsOf({}, failing, quiet))).rejects.toThrow(
    'callback "probe-0" failed on step: disk full',
  );
  expect(closed).toBe(2);
});

test('an error in a callback that declares "warn" becomes a warning event, and never loops', async () => {
  const failing: Callback = {
    onError: 'warn',
    handle: () => Promise.reject(new Error('no route')),
  };
  const events = await lastValueFrom(
    eventsOf({ train: { steps: 1, batchSize: 2 } }, failing).pipe(toArray()),
  );
  const warnings = events.filter((event) => event.type === 'warning');
  const others = events.filter((event) => event.type !== 'warning');
  expect(warnings).toHaveLength(others.length);
  expect(warnings[0]).toMatchObject({
    message: 'callback "probe-0" failed on run-start: no route',
  });
});

test('the loop waits for slow callbacks', async () => {
  const log: string[] = [];
  const slow: Callback = {
    onError: 'stop',
    handle: async (event) => {
      if (event.type !== 'step') return;
      log.push(`begin ${String(event.step)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push(`end ${String(event.step)}`);
    },
  };
  await lastValueFrom(eventsOf({ train: { steps: 2, batchSize: 2 } }, slow));
  expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
});

test('a checkpoint that a callback asked for is announced when it lies on the disk', async () => {
  const saver: Callback = {
    onError: 'stop',
    handle: (event, run) => {
      if (event.type === 'validation') run.saveCheckpoint('last');
    },
  };
  const app = tinyApp(callbackPlugin('saver', saver));
  const folder = join(parent, 'run');
  const config = tinyConfig({ callbacks: ['saver'], train: { steps: 1, batchSize: 2 } });
  const events = await lastValueFrom(app.fit(config, { folder }).pipe(toArray()));
  const saved = events.find((event) => event.type === 'checkpoint-saved');
  const path = join(folder, 'checkpoints', 'step-1.safetensors');
  expect(saved).toEqual({ type: 'checkpoint-saved', step: 1, name: 'last', path });
  expect((await readdir(join(folder, 'checkpoints'))).sort()).toEqual([
    'last.json',
    'step-1.json',
    'step-1.optimizer.safetensors',
    'step-1.safetensors',
  ]);
  const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as object;
  expect(record).toMatchObject({ engine: 'cpu', inChannels: 1, configFile: null });

  // A second run of the same name gets a folder of its own.
  const again = await lastValueFrom(app.fit(config, { folder }).pipe(toArray()));
  expect(again[0]).toMatchObject({ type: 'run-start', folder: `${folder}-2` });
});

test('a NaN loss is an error that names step, rate and samples', async () => {
  const run = eventsOf({ loss: { name: 'tiny-ce', poison: true } });
  await expect(lastValueFrom(run)).rejects.toThrow(TrainingError);
  await expect(lastValueFrom(run)).rejects.toThrow(
    /step 1: the loss is NaN at learning rate 0.001, samples "two-tone-\d", "two-tone-\d"/,
  );
});

test('images that the network cannot take are refused before training, with sizes that work', async () => {
  const model = { backbone: { name: 'tiny', padding: 0 }, decoder: 'last' };
  const config = {
    model,
    data: { labels: { classes: ['a', 'b'] }, train: { name: 'two-tone', size: 2 } },
  };
  await expect(firstValueFrom(eventsOf(config))).rejects.toThrow(ShapeError);
  await expect(firstValueFrom(eventsOf(config))).rejects.toThrow(
    /training images of 2x2 do not fit the network: .* \(sides near it that the network takes: 3, 4; use the transforms/,
  );
});

test('training and validation images must have the same channels', async () => {
  const validation = { name: 'two-tone', channels: 3 };
  const data = { labels: { classes: ['a', 'b'] }, train: 'two-tone', validation };
  await expect(firstValueFrom(eventsOf({ data }))).rejects.toThrow(
    /training images have 1 channels, validation images 3; set "channels" of both/,
  );
});

test('an empty training set is refused', async () => {
  const data = { labels: { classes: ['a', 'b'] }, train: { name: 'two-tone', count: 0 } };
  await expect(firstValueFrom(eventsOf({ data }))).rejects.toThrow(
    /the training set holds no samples/,
  );
});

test('a network without padding trains on the middle of the labels', async () => {
  const model = { backbone: { name: 'tiny', padding: 0 }, decoder: 'last' };
  const optimizer = { name: 'adam', learningRate: 0.05 };
  const events = await lastValueFrom(
    eventsOf({ model, optimizer, train: { steps: 40, batchSize: 2 } }).pipe(toArray()),
  );
  const validations = events.filter((event) => event.type === 'validation');
  expect(validations.at(-1)!.metrics['pixelAccuracy']).toBeGreaterThan(0.9);
});

test('keeps the number of tensors constant from step to step and frees everything at the end', async () => {
  const before = tf.memory().numTensors;
  const counts = new Set<number>();
  const counter: Callback = {
    onError: 'stop',
    handle: (event) => {
      if (event.type === 'step' && event.step > 1) counts.add(tf.memory().numTensors);
    },
  };
  await lastValueFrom(eventsOf({ train: { steps: 6, batchSize: 2 } }, counter));
  expect(counts.size).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
});
