import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import * as tf from '@tensorflow/tfjs-core';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { configure } from './index.js';
import { iterate } from './iterate.test-support.js';

interface Message {
  readonly backend?: string;
  readonly weights?: number[];
}

// Inside the package, where its dependencies are found. A worker of Node 20 does not read TypeScript.
const folder = fileURLToPath(new URL('../node_modules/.cache/worker-threads/', import.meta.url));
const script = `${folder}worker.mjs`;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  buildSync({
    entryPoints: [fileURLToPath(new URL('worker.test-support.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  configure({ threads: 2, executionProvider: 'cpu', blockedLayout: true });
  await tf.setBackend('ort');
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await tf.setBackend('cpu');
});

/** Starts a worker; `started` once it has computed something, `weights` at its end. */
function startWorker() {
  const worker = new Worker(script);
  let exitCode: number | undefined;
  const ended = new Promise<number[]>((resolve, reject) => {
    let weights: number[] = [];
    worker.on('message', (message: Message) => (weights = message.weights ?? weights));
    worker.on('error', reject);
    worker.on('exit', (code) => {
      exitCode = code;
      resolve(weights);
    });
  });
  const started = new Promise<string | undefined>((resolve) => {
    worker.once('message', ({ backend }: Message) => {
      resolve(backend);
    });
  });
  return { started, ended, exitCode: () => exitCode };
}

test('two workers and the main thread compute at once, and each gets its own numbers', async () => {
  const alone = await iterate(200);
  const workers = [startWorker(), startWorker()];
  const backends = await Promise.all(workers.map(({ started }) => started));
  expect(backends).toEqual(['ort', 'ort']);
  let together = 0;
  while (workers.some(({ exitCode }) => exitCode() === undefined)) {
    expect(await iterate(20)).toEqual(await iterate(20));
    together += 1;
  }
  expect(together).toBeGreaterThan(1);
  for (const { ended, exitCode } of workers) {
    expect(await ended).toEqual([...alone]);
    expect(exitCode()).toBe(0);
  }
  expect(await iterate(200)).toEqual(alone);
});

test('a program may use the backend in a worker alone', async () => {
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  const [first, second] = output.trim().split('\n');
  expect(JSON.parse(first ?? '')).toEqual({ backend: 'ort' });
  const { weights } = JSON.parse(second ?? '') as Message;
  expect(weights).toBeAllClose(await iterate(200), { rtol: 0, atol: 0 });
});
