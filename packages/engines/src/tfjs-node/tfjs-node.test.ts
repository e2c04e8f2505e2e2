import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';

import { createApp, EngineError, silentLogger } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';

import { tfjsNode } from './tfjs-node-engine.js';
import { tfjsNodeGpu } from './tfjs-node-gpu-engine.js';

const app = createApp({ plugins: [tfjsNode, tfjsNodeGpu], logger: silentLogger });
const legacy = util as unknown as Record<string, unknown>;
const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'segkit-app-')));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
  if (tf.engine().backendNames().includes('tensorflow')) tf.removeBackend('tensorflow');
});

afterAll(async () => {
  await tf.setBackend('cpu');
});

/** Installs a package into the app in the working directory. */
function install(name: string, code: string): void {
  const place = join(folder, 'node_modules', ...name.split('/'));
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
  writeFileSync(join(place, 'index.js'), code);
}

/** What the real package does on import, as far as the engine sees it: use `util`, register `tensorflow` and tfjs's gradients. */
function binding(isUsingGpuDevice: boolean): string {
  const core = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');
  return `
    const util = require('util');
    const tf = require(${JSON.stringify(core)});
    if (!util.isNullOrUndefined(null) || util.isArray('') || !util.isString('')) throw new Error('util');
    class Backend extends tf.KernelBackend {
      isUsingGpuDevice = ${String(isUsingGpuDevice)};
      dispose() {}
    }
    tf.registerBackend('tensorflow', () => new Backend(), 3);
    tf.unregisterGradient('Relu');
    tf.registerGradient({ kernelName: 'Relu', inputsToSave: ['x'], gradFunc: () => ({}) });
  `;
}

test('tfjs-node is imported from the app, with the util functions that newer Nodes removed', async () => {
  const names = ['isNullOrUndefined', 'isArray', 'isString'];
  const original = names.map((name) => [name, legacy[name]] as const);
  for (const name of names) Reflect.deleteProperty(legacy, name);
  try {
    install('@tensorflow/tfjs-node', binding(false));
    expect(await app.startEngine({ name: 'tfjs-node' })).toBe('tfjs-node');
    expect(tf.getBackend()).toBe('tensorflow');
    expect(names.map((name) => typeof legacy[name])).toEqual(['function', 'function', 'function']);
    // Our gradient is in its place again, and finds TensorFlow's kernel.
    expect(tf.getGradient('Relu')).toMatchObject({ outputsToSave: [true] });
    expect(tf.getKernel('ReluGrad', 'tensorflow')).toBeDefined();
  } finally {
    for (const [name, value] of original) {
      if (value === undefined) Reflect.deleteProperty(legacy, name);
      else legacy[name] = value;
    }
  }
});

test('a package that is not installed is an error with the command that installs it', async () => {
  const start = app.startEngine({ name: 'tfjs-node-gpu' });
  await expect(start).rejects.toThrow(EngineError);
  await expect(start).rejects.toThrow(/npm install @tensorflow\/tfjs-node-gpu/);
});

test('a native library that does not load is named', async () => {
  const message = 'libcudart.so.11.0: cannot open shared object file: No such file or directory';
  install('@tensorflow/tfjs-node-gpu', `throw new Error(${JSON.stringify(message)});`);
  const start = app.startEngine({ name: 'tfjs-node-gpu' });
  await expect(start).rejects.toThrow(EngineError);
  await expect(start).rejects.toThrow(/libcudart\.so\.11\.0: cannot open shared object file/);
});

test('tfjs-node-gpu without a CUDA device is an error, not a slow run', async () => {
  install('@tensorflow/tfjs-node-gpu', binding(false));
  const start = app.startEngine({ name: 'tfjs-node-gpu' });
  await expect(start).rejects.toThrow(/found no CUDA device/);
});

test('tfjs-node-gpu starts on a CUDA device', async () => {
  install('@tensorflow/tfjs-node-gpu', binding(true));
  expect(await app.startEngine({ name: 'tfjs-node-gpu' })).toBe('tfjs-node-gpu');
});
