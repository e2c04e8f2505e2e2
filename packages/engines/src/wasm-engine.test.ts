import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createApp, EngineError, silentLogger } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, expect, test } from 'vitest';

import { engines } from './index.js';

const app = createApp({ plugins: engines, logger: silentLogger });
const home = process.cwd();
const empty = mkdtempSync(join(tmpdir(), 'segkit-engines-'));

afterEach(() => {
  process.chdir(home);
});

afterAll(async () => {
  rmSync(empty, { recursive: true });
  await tf.setBackend('cpu');
});

test('in a fresh process: imports do nothing, registering is idempotent, errors stay readable', () => {
  const script = fileURLToPath(new URL('wasm/fresh-process.test-support.ts', import.meta.url));
  const output = execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({
    backendsAfterImport: [],
    tooEarly: expect.stringContaining('import "@tensorflow/tfjs-backend-wasm" first') as string,
    stockHasFilterGradient: false,
    replaced: true,
    unchangedBySecondCall: true,
    backend: 'wasm',
    addedListeners: 0,
    concat: [1, 0, 1],
  });
});

test('a folder without binaries is an error that names the file and the setting', async () => {
  const start = app.startEngine({ name: 'wasm', path: empty });
  await expect(start).rejects.toThrow(EngineError);
  await expect(start).rejects.toThrow(/no file .*tfjs-backend-wasm-simd\.wasm; set `path`/);
});

test('wasm starts in any working directory and trains', async () => {
  process.chdir(empty);
  expect(await app.startEngine({ name: 'wasm' })).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  // The gradient of sum(conv(x, w)) by the only weight of a 1x1 filter is the sum of the pixels.
  const gradient = tf.grad((w) => tf.sum(tf.conv2d(x, w as tf.Tensor4D, 1, 'same')));
  expect([...gradient(tf.ones([1, 1, 1, 1])).dataSync()]).toEqual([10]);
});

test('cpu starts and does not advertise', async () => {
  expect(await app.startEngine({ name: 'cpu' })).toBe('cpu');
  expect(tf.getBackend()).toBe('cpu');
  expect(tf.backend()).toMatchObject({ firstUse: false });
});
