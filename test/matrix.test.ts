// Every backbone x centre x upsampler x merge x loss builds, trains two steps and saves, from a config alone.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { lastValueFrom, toArray } from 'rxjs';
import {
  createApp,
  defineCallback,
  defineOptimizer,
  firstParty,
  silentLogger,
  type Plugin,
} from 'segkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

import { engineToTest, testEngine } from './test-engine.js';

const backbones = [
  { name: 'cbr', width: 4, depth: 2 },
  { name: 'resnet18', width: 4 },
  { name: 'resnet34', width: 4 },
  { name: 'resnet50', width: 4 },
] as const;
const centers = ['cbr', 'dilated', 'identity'] as const;
const upsamplers = ['transposed', 'bilinear', 'nearest'] as const;
const merges = ['concat', 'add', 'none'] as const;
const losses = [
  'ce',
  'weighted-border-ce',
  'bce-iou',
  'bce',
  'dice',
  'bce-dice',
  'jaccard',
  'focal',
  'tversky',
  'lovasz-softmax',
  { name: 'sum', losses: [{ loss: 'ce' }, { loss: 'dice', weight: 0.5 }] },
] as const;

/** With their places in the lists above. */
const everyArchitecture = backbones.flatMap((backbone, b) =>
  centers.flatMap((center, c) =>
    upsamplers.flatMap((upsampler, u) =>
      merges.map((merge, m) => ({ backbone, center, upsampler, merge, places: [b, c, u, m] })),
    ),
  ),
);
/**
 * On another engine than wasm a third of them, in which still every part meets every other one of another kind; on webgpu, which
 * the processor imitates here, the fewest in which it does so.
 */
function isTried([b = 0, c = 0, u = 0, m = 0]: readonly number[]): boolean {
  if (testEngine === undefined) return true;
  if (testEngine !== 'webgpu') return (b + c + u + m) % 3 === 0;
  return u === (c + b) % 3 && m === (c + 2 * b) % 3;
}
const architectures = everyArchitecture.filter(({ places }) => isTried(places));

/** What the optimiser saw: whether every gradient was finite, and how many were not all zero. */
interface GradientReport {
  finite: boolean;
  nonZero: number;
  missing: string[];
}

let report: GradientReport = { finite: true, nonZero: 0, missing: [] };
const tensorCounts: number[] = [];

const probeOptimizer = defineOptimizer({
  name: 'probe',
  description: 'Plain gradient descent that inspects its gradients.',
  options: z.strictObject({}),
  create: (_, { parameters }) => ({
    learningRate: 0.01,
    step: (gradients, rate) => {
      for (const [name, parameter] of parameters) {
        const gradient = gradients.get(name);
        if (gradient === undefined) {
          report.missing.push(name);
          continue;
        }
        const values = gradient.dataSync();
        report.finite &&= values.every((value) => Number.isFinite(value));
        if (values.some((value) => value !== 0)) report.nonZero += 1;
        tf.tidy(() => {
          parameter.value.assign(tf.sub(parameter.value, tf.mul(gradient, rate)));
        });
      }
    },
    state: () => Promise.resolve(new Map()),
    restore: () => undefined,
    dispose: () => undefined,
  }),
});

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

const own: readonly Plugin[] = [probeOptimizer, counter];
const app = createApp({ plugins: [...firstParty, ...own], logger: silentLogger });

function configOf(model: unknown, loss: unknown): never {
  const cells = { name: 'synthetic-cells', count: 2, size: 32 };
  return {
    engine: engineToTest(testEngine ?? 'wasm'),
    data: { labels: { classes: ['background', 'cell'] }, train: { ...cells, seed: 1 } },
    model,
    loss,
    optimizer: 'probe',
    train: { steps: 2, batchSize: 2 },
    callbacks: ['count-tensors', { name: 'checkpoint', every: 2 }],
  } as never;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-matrix-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await tf.setBackend('cpu');
});

async function expectTrains(model: unknown, loss: unknown): Promise<void> {
  report = { finite: true, nonZero: 0, missing: [] };
  tensorCounts.length = 0;
  const before = tf.memory().numTensors;
  const run = join(folder, 'run');
  const events = await lastValueFrom(
    app.fit(configOf(model, loss), { folder: run }).pipe(toArray()),
  );
  const steps = events.filter((event) => event.type === 'step');
  expect(steps).toHaveLength(2);
  for (const step of steps) expect(step.loss).toSatisfy(Number.isFinite);
  expect(report.finite).toBe(true);
  expect(report.missing).toEqual([]);
  expect(report.nonZero).toBeGreaterThan(0);
  expect(tensorCounts[1]).toBe(tensorCounts[0]);
  expect(tf.memory().numTensors).toBe(before);
  expect(existsSync(join(run, 'checkpoints', 'last.json'))).toBe(true);
  await rm(run, { recursive: true });
}

const nameOf = (spec: string | { readonly name: string }): string =>
  typeof spec === 'string' ? spec : spec.name;

describe.each(architectures)(
  '$backbone.name, $center, $upsampler, $merge',
  ({ backbone, center, upsampler, merge, places }) => {
    const model = { backbone, center, decoder: { name: 'unet', upsampler, merge } };
    const isFirst = places.every((place) => place === 0);
    const tried = testEngine === undefined || isFirst ? losses : losses.slice(0, 1);
    test.each(tried.map((loss) => [nameOf(loss), loss] as const))('%s', async (_, loss) => {
      await expectTrains(model, loss);
    });

    test('linknet decoder', async () => {
      await expectTrains(
        { backbone, center, decoder: { name: 'linknet', upsampler, merge } },
        'ce',
      );
    });
  },
);

describe.each(['k2s2', 'k3s2p1op1', 'k4s2p1'] as const)('transposed %s', (kernel) => {
  test('trains', async () => {
    const decoder = { name: 'unet', upsampler: { name: 'transposed', kernel }, merge: 'concat' };
    await expectTrains({ backbone: backbones[0], center: 'cbr', decoder }, 'ce');
  });
});

describe.each(['crop', 'pad', 'resize'] as const)('align %s', (align) => {
  test('a network without padding trains', async () => {
    const backbone = { name: 'cbr', width: 4, depth: 1, padding: 'valid' };
    const center = { name: 'cbr', padding: 'valid' };
    const decoder = { name: 'unet', padding: 'valid', merge: { name: 'concat', align } };
    await expectTrains({ backbone, center, decoder }, 'ce');
  });
});
