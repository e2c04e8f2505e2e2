import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as tf from '@tensorflow/tfjs-core';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { configure } from './index.js';
import { train } from './small-training.test-support.js';

// Below the package, so that its packages are found.
const folder = fileURLToPath(new URL('../node_modules/.cache/determinism/', import.meta.url));
const script = `${folder}train.mjs`;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const shared = { bundle: true, format: 'esm', platform: 'node', target: 'node20' } as const;
  // ESM inside a CommonJS package: Node does not read it as it is.
  const gradients = '@tensorflow/tfjs-core/dist/register_all_gradients.js';
  buildSync({ ...shared, entryPoints: [gradients], outfile: `${folder}gradients.mjs` });
  buildSync({
    ...shared,
    entryPoints: [fileURLToPath(new URL('determinism.test-support.ts', import.meta.url))],
    outfile: script,
    packages: 'external',
    alias: { [gradients]: `${folder}gradients.mjs` },
  });
  configure({ threads: 2, executionProvider: 'cpu', blockedLayout: true });
  await tf.setBackend('ort');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await tf.setBackend('cpu');
});

it('a training gives the same bits every time', () => {
  const first = train('kinked', 'adam', 6);
  expect(first.losses.every((loss) => loss > 0)).toBe(true);
  expect(train('kinked', 'adam', 6)).toEqual(first);
  // Other graphs, loaded anew.
  configure({ maxGraphs: 24 });
  expect(train('kinked', 'adam', 6)).toEqual(first);
});

it('and in another process, too', () => {
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual(train('kinked', 'adam', 6));
});
