// Going back to a checkpoint brings back all that it holds, and what happens then is resumed like everything else.
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import * as z from 'zod';

import type { TrainingEvent } from '../components/training-event.js';
import { defineLoss, type Plugin } from '../registry/plugin.js';
import { callbackPlugin } from '../testing/tiny-plugins.test-support.js';
import {
  causesOf,
  checkpointOf,
  copyRunning,
  resumeTiny,
  runTiny,
  temporaryRun,
} from './run-tiny.test-support.js';

/** The largest logit that a loss bears. */
const bound = 5.8;

/** Saves every third step only: several updates are lost when a run goes back. */
const sparse = callbackPlugin('sparse', {
  onError: 'stop',
  handle: (event, run) => {
    const isDue = event.type === 'step' && event.step % 3 === 0;
    if (isDue || event.type === 'run-end') run.saveCheckpoint('last', { keep: 100 });
  },
});

// Six samples in batches of four: two steps an epoch. Averages, slots, momentary rates and random brightness.
const config = {
  optimizer: { name: 'adam', learningRate: 0.1 },
  // Nothing is as good as that: the rate falls at every validation.
  schedule: { name: 'plateau', patience: 0, gamma: 0.9, threshold: 100 },
  callbacks: ['sparse', 'watcher'],
  transforms: { train: ['shift'] },
  loss: 'fragile',
};
const train = { steps: 10, batchSize: 4, validateEvery: 2, ema: { decay: 0.7 } };

/** The mean square of the logits about 3, or NaN where the test says so. */
function fragile(isBad: (logits: tf.Tensor) => boolean): Plugin {
  return defineLoss({
    name: 'fragile',
    description: 'Of a test.',
    options: z.strictObject({}),
    create: () => ({
      activation: 'softmax',
      outChannels: (classes) => classes,
      forward: (logits) =>
        tf.tidy(() => {
          const mean = tf.mean<tf.Scalar>(tf.square(tf.sub(logits, 3)));
          return isBad(logits) ? tf.mul<tf.Scalar>(mean, Number.NaN) : mean;
        }),
    }),
  });
}

/** A callback that hears of every event. */
const watching = (listen: (event: TrainingEvent) => void): Plugin =>
  callbackPlugin('watcher', { onError: 'stop', handle: listen });

test('brings back weights, optimiser, averages, schedule, random streams and the place in the data', async () => {
  const never = [sparse, fragile(() => false), watching(() => undefined)];
  const undisturbed = await runTiny({ ...config, train }, { plugins: never });
  // With a factor of 1 the rate stays, and the run has to end as if nothing had happened.
  const onNonFinite = { do: 'rollback', rateFactor: 1 };
  let last = 0;
  let times = 0;
  const bad = fragile(() => last === 5 && ++times === 1);
  const watcher = watching((event) => {
    if (event.type === 'step') last = event.step;
  });
  const run = await runTiny(
    { ...config, train: { ...train, onNonFinite } },
    { plugins: [sparse, bad, watcher] },
  );
  expect(run.warnings[0]?.message).toMatch(
    /^step 6: .*; back to step-3, the learning rate times 1 from now on$/,
  );
  expect(run.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9, 10]);
  // The schedule has moved before and after, or there would be nothing to bring back.
  const rates = undisturbed.steps.map(({ learningRate }) => learningRate);
  expect(new Set(rates.slice(0, 6)).size).toBe(3);
  expect(run.steps.slice(5).map(({ loss, learningRate }) => [loss, learningRate])).toEqual(
    undisturbed.steps.slice(3).map(({ loss, learningRate }) => [loss, learningRate]),
  );
  const { guards, ...end } = await checkpointOf(run.folder);
  const { guards: untroubled, ...expected } = await checkpointOf(undisturbed.folder);
  expect(end).toEqual(expected);
  expect(guards).toEqual({ ...untroubled, returns: 1 });
});

test('killed at any step around it, a run ends with the weights of one that was not', async () => {
  const folder = temporaryRun();
  const copies: string[] = [];
  let copying = true;
  const copier = watching(({ type }) => {
    if (!copying || (type !== 'step' && type !== 'warning')) return;
    const copy = `${folder}-${String(copies.length)}`;
    copyRunning(folder, copy);
    rmSync(join(copy, 'run.lock'));
    copies.push(copy);
  });
  // A high rate leads beyond it, and does again whenever the run is repeated; a low one does not.
  const tooLarge = fragile((logits) => (tf.max(logits).dataSync()[0] ?? 0) > bound);
  const plugins = [sparse, tooLarge, copier];
  const onNonFinite = { do: 'rollback', rateFactor: 0.01 };
  const whole = await runTiny({ ...config, train: { ...train, onNonFinite } }, { plugins, folder });
  copying = false;
  expect(causesOf(whole, 'non-finite')).toHaveLength(1);
  expect(whole.warnings[0]?.message).toMatch(/^step [89]: .*; back to step-6/);
  const expected = await checkpointOf(folder);
  expect(expected.guards.returns).toBe(1);
  expect(copies.length).toBeGreaterThan(10);
  for (const copy of copies) {
    await resumeTiny(copy, plugins);
    expect(await checkpointOf(copy), copy).toEqual(expected);
  }
});
