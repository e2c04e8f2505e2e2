// Every example runs for two steps.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import * as tf from '@tensorflow/tfjs-core';
import { lastValueFrom, toArray } from 'rxjs';
import { createApp, firstParty, silentLogger, type ConfigInput, type Plugin } from 'segkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import customPlugin from './custom-plugin/segkit.config.ts';
import { softPlusNet } from './custom-plugin/soft-plus-net.ts';
import camvid from './camvid/segkit.config.ts';
import { run as runDemo } from './demo/main.ts';
import { run as runDenoising } from './denoising/main.ts';
import { run as runFcnStrides } from './fcn-strides/main.ts';
import isbi2012 from './isbi2012/segkit.config.ts';
import { run as runNuclei } from './nuclei/main.ts';
import { generatedCells } from './nuclei/nuclei.ts';
import { run as runRxjs } from './rxjs-callbacks/main.ts';
import { run as runUnetVsAutoencoder } from './unet-vs-autoencoder/main.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-examples-'));
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'table').mockImplementation(() => undefined);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
  await tf.setBackend('cpu');
});

/** Trains a config for two steps and returns its last validation's metrics. */
async function twoSteps(config: ConfigInput, example: string, ...plugins: Plugin[]) {
  const app = createApp({ plugins: [...firstParty, ...plugins], logger: silentLogger });
  const short = { ...config, train: { ...config.train, steps: 2, validateEvery: 2 } };
  const baseFolder = fileURLToPath(new URL(example, import.meta.url));
  const run = app.fit(short, { folder: join(folder, example), baseFolder });
  const events = await lastValueFrom(run.pipe(toArray()));
  expect(events.filter((event) => event.type === 'step')).toHaveLength(2);
  return events.filter((event) => event.type === 'validation').at(-1)?.metrics ?? {};
}

test('demo', async () => {
  const { network, threshold } = await runDemo({ steps: 2, out: folder });
  expect(network).toBeGreaterThan(0);
  // Otsu's threshold on the demo's images; the network passes it after some 60 steps.
  expect(threshold).toBeGreaterThan(0.5);
  expect(threshold).toBeLessThan(0.75);
  expect(existsSync(join(folder, 'demo', 'overlays.png'))).toBe(true);
});

test('custom-plugin', async () => {
  expect(customPlugin.plugins).toEqual([softPlusNet]);
  const metrics = await twoSteps(customPlugin, 'custom-plugin', softPlusNet);
  expect(metrics['meanIoU']).toBeGreaterThan(0);
});

test('rxjs-callbacks', async () => {
  expect(await runRxjs({ steps: 2 })).toBeGreaterThan(0);
});

test('denoising', async () => {
  const { noisy, withoutSkips, withSkips } = await runDenoising({ steps: 2, out: folder });
  // Noise of 0.1 is 20 dB; cutting to [0, 1] takes a little of it away.
  expect(noisy.psnr).toBeGreaterThan(20);
  expect(noisy.psnr).toBeLessThan(21);
  for (const { psnr, ssim, images } of [withoutSkips, withSkips]) {
    expect(psnr).toBeGreaterThan(0);
    expect(ssim).toBeGreaterThan(-1);
    expect(images).toHaveLength(8);
  }
  expect(withoutSkips.parameters).toBeLessThan(withSkips.parameters);
  expect(existsSync(join(folder, 'denoising', 'sheet.png'))).toBe(true);
});

test('unet-vs-autoencoder', async () => {
  const scores = await runUnetVsAutoencoder({ steps: 2, out: folder });
  for (const { meanIoU, meanDice } of Object.values(scores)) {
    expect(meanIoU).toBeGreaterThan(0);
    expect(meanDice).toBeGreaterThan(meanIoU);
  }
  // Of 8, 16 and 32 channels, each level's first 3x3 convolution reads as many fewer as it makes.
  const saved = 9 * (32 * 32 + 16 * 16 + 8 * 8);
  expect(scores['u-net'].parameters - scores.autoencoder.parameters).toBe(saved);
  expect(existsSync(join(folder, 'unet-vs-autoencoder', 'sheet.png'))).toBe(true);
});

test('fcn-strides', async () => {
  const scores = await runFcnStrides({ steps: 2, out: folder });
  expect(Object.keys(scores)).toEqual(['fcn-32s', 'fcn-16s', 'fcn-8s']);
  for (const { meanIoU } of Object.values(scores)) expect(meanIoU).toBeGreaterThan(0);
  expect(existsSync(join(folder, 'fcn-strides', 'sheet.png'))).toBe(true);
  // The engine prepares a transposed convolution of stride 32 for a while.
}, 180_000);

test('nuclei', async () => {
  // Two images to train on and one to test on, cells that are generated.
  const scores = await runNuclei({ steps: 2, seeds: 1, out: folder, nuclei: generatedCells(1) });
  expect(Object.keys(scores)).toEqual(['ce', 'weighted-border-ce', 'class weights alone']);
  for (const [metrics] of Object.values(scores)) {
    expect(metrics?.['meanIoU']).toBeGreaterThan(0);
    expect(metrics?.['objectRecall']).toBeGreaterThanOrEqual(0);
  }
}, 180_000);

/** A folder of real images; the test is skipped, with a reason, where it is absent. */
function realData(name: string, context: { skip(): void }): void {
  const data = resolve(process.env['SEGKIT_DATA'] ?? '../shared/data', name);
  if (existsSync(data)) return;
  process.stdout.write(`skipped: ${data} does not exist; point SEGKIT_DATA to the data sets.\n`);
  context.skip();
}

test('isbi2012', async (context) => {
  realData('isbi2012_em', context);
  const metrics = await twoSteps(isbi2012, 'isbi2012');
  expect(metrics['pixelAccuracy']).toBeGreaterThan(0);
}, 180_000);

test('camvid', async (context) => {
  realData('camvid', context);
  const few = (split: unknown, count: number) => ({ ...(split as object), range: [0, count] });
  const { train, validation } = camvid.data;
  const data = { ...camvid.data, train: few(train, 8), validation: few(validation, 2) } as never;
  const metrics = await twoSteps({ ...camvid, data }, 'camvid');
  expect(metrics['pixelAccuracy']).toBeGreaterThan(0);
}, 180_000);
