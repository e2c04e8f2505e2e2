import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';

import type { Callback } from '../components/callback.js';
import type { Observation } from '../components/metric.js';
import { CheckpointError, ShapeError } from '../errors.js';
import { torchArrays } from '../nn/torch-arrays.js';
import { defineMetric } from '../registry/plugin.js';
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

test('shows metrics the labels, adds metrics, and computes them of every image', async () => {
  const seen: Observation[] = [];
  const rightPixels = defineMetric({
    name: 'right-pixels',
    description: 'Pixels whose prediction is right.',
    options: z.strictObject({}),
    create: () => {
      let count = 0;
      return {
        update: (observation) => {
          seen.push(observation);
          const predicted = observation.predictedLabels?.data ?? [];
          count += predicted.filter((label, i) => label === observation.labels?.data[i]).length;
        },
        compute: () => ({ rightPixels: count }),
        reset: () => {
          count = 0;
        },
      };
    },
  });
  const run = await tinyApp(callbackPlugin('saver', saver), rightPixels).openRun(folder);
  const order: string[] = [];
  const { metrics, perImage, loss, confusion } = await run.evaluate('validation', {
    // The first is in the config and keeps its options.
    metrics: ['segmentation', 'right-pixels'] as never,
    scoreImages: true,
    onImage: (sample, _prediction, _output, image) => order.push(`${sample.id} ${image.id}`),
  });
  run.dispose();
  expect(order).toEqual(perImage.map(({ id }) => `${id} ${id}`));
  expect(Object.keys(metrics)).toEqual(['pixelAccuracy', 'rightPixels']);
  const [first, second] = perImage.map((image) => image.metrics['rightPixels'] ?? Number.NaN);
  expect(Number(first) + Number(second)).toBe(metrics['rightPixels']);
  expect(confusion.count(0, 0) + confusion.count(1, 1)).toBe(metrics['rightPixels']);
  expect(perImage[0]?.confusion?.count(0, 0)).toBeLessThan(confusion.count(0, 0));
  expect((Number(perImage[0]?.loss) + Number(perImage[1]?.loss)) / 2).toBe(loss);
  expect(seen[0]?.probabilities?.data).toHaveLength(2 * (seen[0]?.labels?.data.length ?? 0));
  // Either image twice: once for the data set, once by itself.
  expect(seen.map(({ instances }) => instances)).toEqual(new Array(4).fill(undefined));
});

test('an added metric that nobody registered is an error by name', async () => {
  const run = await app.openRun(folder);
  const evaluation = run.evaluate('validation', { metrics: ['sharpness'] as never });
  await expect(evaluation).rejects.toThrow(/metrics\.1.*sharpness/s);
  run.dispose();
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
  const { shape, data } = (await torchArrays([['weight', conv]])).get('weight')!;
  expect(shape).toEqual([4, 1, 3, 3]);
  const own = await conv.value.data();
  expect(data[2 * 9 + 1 * 3 + 2]).toBe(own[(1 * 3 + 2) * 4 + 2]);
  run.dispose();
});
