import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Callback } from '../components/callback.js';
import { CheckpointError, ShapeError } from '../errors.js';
import { callbackPlugin, tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';

const saver: Callback = {
  onError: 'stop',
  handle: (event, run) => {
    if (event.type === 'validation') run.saveCheckpoint('last');
  },
};
const app = tinyApp(callbackPlugin('saver', saver));

let parent: string;
let folder: string;
let validated: unknown;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'segkit-open-'));
  folder = join(parent, 'run');
  const config = tinyConfig({
    callbacks: ['saver'],
    train: { steps: 5, batchSize: 2, validateEvery: 5 },
  });
  const run = app.fit(config, { folder });
  await new Promise<void>((resolve, reject) => {
    run.subscribe({
      next: (event) => {
        if (event.type === 'validation') validated = { loss: event.loss, metrics: event.metrics };
      },
      error: reject,
      complete: resolve,
    });
  });
});
afterAll(() => rm(parent, { recursive: true, force: true }));

test('evaluates to the very numbers of the last validation', async () => {
  const before = tf.memory().numTensors;
  const run = await app.openRun(folder);
  const { loss, metrics, images } = await run.evaluate();
  expect({ loss, metrics }).toEqual(validated);
  expect(images).toBe(2);
  run.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('predicts labels and probabilities for an image of any size', async () => {
  const run = await app.openRun(folder, { checkpoint: 'last' });
  const image = { height: 5, width: 7, channels: 1, data: new Float32Array(35).fill(0.9) };
  const { labels, probabilities } = await run.predictor.predict(image);
  expect(labels).toMatchObject({ height: 5, width: 7, channels: 1 });
  expect(probabilities).toMatchObject({ height: 5, width: 7, channels: 2 });
  // Softmax: the two probabilities of every pixel add up to one.
  for (let i = 0; i < 35; i++) {
    expect(probabilities.data[2 * i]! + probabilities.data[2 * i + 1]!).toBeCloseTo(1, 5);
  }
  const rgb = { ...image, channels: 3, data: new Float32Array(105) };
  await expect(run.predictor.predict(rgb, { id: 'photo.png' })).rejects.toThrow(ShapeError);
  await expect(run.predictor.predict(rgb, { id: 'photo.png' })).rejects.toThrow(
    /predict photo.png: the network takes 1 channels, received 3/,
  );
  run.dispose();
});

test('says what is missing: no run, no checkpoint, no split', async () => {
  await expect(app.openRun(join(parent, 'nowhere'))).rejects.toThrow(
    /is no run of segkit, because run.json/,
  );
  await expect(app.openRun(folder, { checkpoint: 'best' })).rejects.toThrow(
    /has no checkpoint "best"; it has .*last.*step-5/,
  );
  const run = await app.openRun(folder);
  await expect(run.evaluate('test')).rejects.toThrow(/no data.test/);
  run.dispose();
});

test('a truncated weights file is refused', async () => {
  const copy = join(parent, 'cut');
  await cp(folder, copy, { recursive: true });
  await truncate(join(copy, 'checkpoints', 'step-5.safetensors'), 300);
  await expect(app.openRun(copy)).rejects.toThrow(CheckpointError);
  await expect(app.openRun(copy)).rejects.toThrow(
    /step-5.safetensors: is damaged: expected \d+ bytes, found 300/,
  );
});

test('weights of another network are refused, naming what differs', async () => {
  const configFile = join(folder, 'config.json');
  const original = await readFile(configFile, 'utf8');
  await writeFile(configFile, original.replace('"width": 4', '"width": 5'));
  await expect(app.openRun(folder)).rejects.toThrow(
    /backbone.conv.weight: the network has shape 5x1x3x3, the file has 4x1x3x3/,
  );
  await writeFile(configFile, original);
});

test("weights lie in the file in PyTorch's layout", async () => {
  const run = await app.openRun(folder);
  const conv = [...run.model.namedParameters()].find(
    ([name]) => name === 'backbone.conv.weight',
  )![1];
  // HWIO [3, 3, 1, 4] in memory, OIHW [4, 1, 3, 3] in the file: element (h, w, i, o) moves to (o, i, h, w).
  const { shape, data } = await conv.toTorch();
  expect(shape).toEqual([4, 1, 3, 3]);
  const own = await conv.value.data();
  expect(data[2 * 9 + 1 * 3 + 2]).toBe(own[(1 * 3 + 2) * 4 + 2]);
  run.dispose();
});
