// Every first-party part trains on the engine `ort` with kernels of its own, and networks compute what they compute on wasm.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { configure, stats } from '@segkit/backend-ort';
import * as tf from '@tensorflow/tfjs-core';
import { lastValueFrom, toArray } from 'rxjs';
import { createApp, defineCallback, defineDataset, firstParty, silentLogger } from 'segkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

const tensorCounts: number[] = [];
const counter = defineCallback({
  name: 'count-tensors',
  description: 'Notes the number of tensors after every step.',
  options: z.strictObject({}),
  create: () => ({
    onError: 'stop',
    handle: (event) => {
      if (event.type === 'step') tensorCounts.push(tf.memory().numTensors);
    },
  }),
});
const wave = (length: number, gain: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 0.5 + 0.5 * Math.sin(gain * i + 0.01 * i * i));
const pairs = defineDataset({
  name: 'pairs',
  description: 'Two images with labels, and with images to be made of them.',
  options: z.strictObject({}),
  create: () => ({
    length: 2,
    channels: 1,
    prepare: () => Promise.resolve(),
    load: (index) => {
      const raster = { height: 32, width: 32, channels: 1 };
      const data = wave(32 * 32, 0.1 * (index + 1));
      return Promise.resolve({
        id: String(index),
        image: { ...raster, data },
        labels: { ...raster, data: Int32Array.from(data, Math.round) },
        target: { ...raster, data: wave(32 * 32, 0.2) },
      });
    },
  }),
});
const app = createApp({ plugins: [...firstParty, counter, pairs], logger: silentLogger });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-ort-'));
});
afterAll(async () => {
  configure({ threads: 2, blockedLayout: true });
  await rm(folder, { recursive: true, force: true });
  await tf.setBackend('cpu');
});

// 16 channels fill a block, so that the blocked kernels are used.
const small = { name: 'cbr', width: 16, depth: 2 };
const unet = { backbone: small, center: 'cbr', decoder: 'unet' };
const labelled = { labels: { classes: ['background', 'cell'] }, train: 'pairs' };
const steady = { optimizer: 'sgd' };

/** Trains two steps and expects that nothing was left to tfjs-backend-cpu, and no tensor to the next step. */
async function expectTrains(parts: object, engine: object = {}): Promise<void> {
  tensorCounts.length = 0;
  const { fallbacks } = stats();
  const config = {
    engine: { name: 'ort', threads: 2, ...engine },
    data: labelled,
    model: unet,
    loss: 'ce',
    ...steady,
    train: { steps: 2, batchSize: 2 },
    callbacks: ['count-tensors'],
    ...parts,
  } as never;
  const events = await lastValueFrom(
    app.fit(config, { folder: join(folder, 'run') }).pipe(toArray()),
  );
  await rm(join(folder, 'run'), { recursive: true });
  const steps = events.filter((event) => event.type === 'step');
  expect(steps).toHaveLength(2);
  for (const { loss } of steps) expect(loss).toSatisfy(Number.isFinite);
  expect(tensorCounts[1]).toBe(tensorCounts[0]);
  expect(tf.getBackend()).toBe('ort');
  expect(stats().fallbacks).toEqual(fallbacks);
}

/** First-party names of a kind. */
function namesOf(kind: string): string[] {
  return firstParty.filter((plugin) => plugin.kind === kind).map(({ name }) => name);
}

describe('every loss trains', () => {
  const options: Readonly<Record<string, object>> = {
    sum: { losses: [{ loss: 'ce' }, { loss: 'dice', weight: 0.5 }] },
  };
  test.each(namesOf('loss'))('%s', async (name) => {
    await expectTrains({ loss: { name, ...options[name] } });
  });
});

describe('every backbone trains', () => {
  test.each(namesOf('backbone'))('%s', async (name) => {
    const backbone = name === 'cbr' ? small : { name, width: 16 };
    await expectTrains({ model: { ...unet, backbone } });
  });
});

describe('every centre trains', () => {
  test.each(namesOf('center'))('%s', async (center) => {
    await expectTrains({ model: { ...unet, center } });
  });
});

const kernels = ['k2s2', 'k3s2p1op1', 'k4s2p1'].map((kernel) => ({ name: 'transposed', kernel }));
const aligned = ['crop', 'pad', 'resize'].map((align) => ({ name: 'concat', align }));

describe('every decoder trains, with every upsampler and merge', () => {
  const upsamplers = namesOf('upsampler').filter((name) => name !== 'transposed');
  const merges = namesOf('merge').filter((name) => name !== 'concat');
  test.each(
    namesOf('decoder').flatMap((name) => [
      ...[...kernels, ...upsamplers].map((upsampler) => ({ name, upsampler, merge: 'concat' })),
      ...merges.map((merge) => ({ name, upsampler: 'bilinear', merge })),
    ]),
  )('%j', async (decoder) => {
    await expectTrains({ model: { ...unet, decoder } });
  });

  test.each(aligned)('a network without padding, %j', async (merge) => {
    const valid = { padding: 'valid' };
    await expectTrains({
      model: {
        backbone: { ...small, depth: 1, ...valid },
        center: { name: 'cbr', ...valid },
        decoder: { name: 'unet', ...valid, merge },
      },
    });
  });
});

describe('every head trains', () => {
  test.each(namesOf('head'))('%s', async (head) => {
    // The head `fcn` enlarges the class scores that its decoder makes.
    await expectTrains({ model: { ...unet, ...(head === 'fcn' && { decoder: 'fcn' }), head } });
  });
});

describe('every optimiser trains', () => {
  const options = [{}, { weightDecay: 0.01 }];
  test.each(namesOf('optimizer').flatMap((name) => options.map((option) => ({ name, ...option }))))(
    '%j',
    async (optimizer) => {
      await expectTrains({ optimizer });
    },
  );
});

describe('every schedule trains', () => {
  const options: Readonly<Record<string, object>> = { step: { every: 1 } };
  test.each(namesOf('schedule'))('%s', async (name) => {
    const { compiles } = stats();
    const data = name === 'plateau' && { data: { ...labelled, validation: 'pairs' } };
    await expectTrains({ schedule: { name, ...options[name] }, ...data });
    // A rate that changes is no other program.
    expect(stats().compiles - compiles).toBeLessThanOrEqual(3);
  });
});

describe('whatever else is done in a step', () => {
  test.each([
    { clipNorm: 0.1 },
    { clipValue: 0.01 },
    { batchSize: 1, accumulate: 2 },
    { ema: { decay: 0.9 } },
    { freeze: [{ match: 'backbone.*' }] },
    { freeze: [{ match: '*.running_*' }] },
  ])('%j', async (train) => {
    await expectTrains({ train: { steps: 2, batchSize: 2, ...train } });
  });

  test.each([-3, -2, -1])('an auxiliary head on level %i', async (level) => {
    await expectTrains({ model: { ...unet, auxiliary: [{ level }] } });
  });

  test('groups of parameters', async () => {
    const groups = [{ match: 'backbone.*', learningRateFactor: 0.1 }];
    const optimizer = { name: 'adamw', groups, noDecayOnNormsAndBiases: true };
    await expectTrains({ optimizer });
  });
});

test('without the blocked layout', async () => {
  await expectTrains({}, { blockedLayout: false });
});
