import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { stats } from '@segkit/backend-ort';
import { createApp, EngineError, silentLogger } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';

import { engines } from './index.js';
import { missingSoftwareGpu } from './webgpu/software-gpu.test-support.js';

const app = createApp({ plugins: engines, logger: silentLogger });
const runtime = createRequire(
  createRequire(import.meta.url).resolve('@segkit/backend-ort/package.json'),
);
const cudaLibrary = join(
  dirname(runtime.resolve('onnxruntime-node/package.json')),
  'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so',
);

afterAll(async () => {
  await tf.setBackend('cpu');
});

test('engines are tried from the fastest on, and ort is the first that needs nothing but npm', async () => {
  const names = engines.map(({ name }) => name);
  expect(names).toEqual(['tfjs-node-gpu', 'ort', 'tfjs-node', 'webgpu', 'wasm', 'cpu']);
  expect(await app.startEngine(null)).toBe('ort');
});

test('ort starts and trains, natively', async () => {
  expect(await app.startEngine({ name: 'ort', threads: 1 })).toBe('ort');
  expect(tf.getBackend()).toBe('ort');
  const { flushes } = stats();
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  // The gradient of sum(conv(x, w)) by the only weight of a 1x1 filter is the sum of the pixels.
  const gradient = tf.grad((w) => tf.sum(tf.conv2d(x, w as tf.Tensor4D, 1, 'same')));
  expect([...gradient(tf.ones([1, 1, 1, 1])).dataSync()]).toEqual([10]);
  expect(stats().flushes).toBe(flushes + 1);
});

test.skipIf(existsSync(cudaLibrary))(
  'an execution provider that is not there is an error at the start, and leaves nothing behind',
  async () => {
    const start = app.startEngine({ name: 'ort', executionProvider: 'cuda' });
    await expect(start).rejects.toThrow(EngineError);
    await expect(start).rejects.toThrow(/engine ort: the execution provider "cuda" does not start/);
    expect(await app.startEngine({ name: 'ort' })).toBe('ort');
    expect([...tf.add(tf.tensor1d([1, 2]), 1).dataSync()]).toEqual([2, 3]);
  },
);

test.each([{ threads: 0 }, { threads: 1.5 }, { executionProvider: 'npu' }, { blockedLayout: 1 }])(
  'wrong options are refused: %j',
  (options) => {
    const schema = app.registry.schemaOf(app.registry.find('engine', 'ort'));
    expect(schema.safeParse(options).success).toBe(false);
  },
);

const missing = missingSoftwareGpu({ packages: [] });
if (missing !== undefined) console.log(`ort on WebGPU is not tested: ${missing}.`);

test.skipIf(missing !== undefined)(
  'the execution provider webgpu starts where it computes what the processor does, and nowhere else',
  async () => {
    const start = app.startEngine({ name: 'ort', executionProvider: 'webgpu' });
    const refusal = await start.then(
      () => null,
      (error: unknown) => error as Error,
    );
    if (refusal !== null) {
      expect(refusal).toBeInstanceOf(EngineError);
      expect(refusal.message).toMatch(/"webgpu" (computes wrong numbers|does not start)/);
    }
    // The sum over a 2x2 map of ones, by a filter of ones with "same" padding, of 4 pixels each.
    const x = tf.ones<tf.Rank.R4>([1, 2, 2, 1]);
    expect([...tf.conv2d(x, tf.ones<tf.Rank.R4>([3, 3, 1, 1]), 1, 'same').dataSync()]).toEqual([
      4, 4, 4, 4,
    ]);
    await app.startEngine({ name: 'ort' });
  },
);
