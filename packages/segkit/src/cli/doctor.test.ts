import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { failing, machine, nvidia, report } from '../doctor/fake-reports.test-support.js';
import { formatDiagnosis } from './format-diagnosis.js';
import { segkit } from './tiny-config.test-support.js';

const fakes = fileURLToPath(new URL('../doctor/fake-engines.test-support.ts', import.meta.url));

test('--json tells all; an engine that does not start ends with 1', async () => {
  const { code, out } = await segkit('doctor', '--json', '--engine', 'no-cuda', '--plugin', fakes);
  expect(code).toBe(1);
  const {
    auto,
    autoReason,
    engines,
    advice,
    machine: facts,
  } = JSON.parse(out) as Record<string, unknown>;
  expect({ auto, advice }).toEqual({ auto: 'ort', advice: null });
  expect(autoReason).toMatch(/^the first that starts, in the order tfjs-node-gpu, ort, /);
  expect(engines).toMatchObject([
    {
      name: 'no-cuda',
      starts: false,
      failure: 'error',
      correct: null,
      missingLibraries: ['libcudart.so.11.0', 'libcudnn.so.8'],
    },
  ]);
  expect(facts).toMatchObject({ node: process.versions.node, platform: process.platform });
});

test('a correct engine ends with 0', async () => {
  const { code, out } = await segkit('doctor', '--engine', 'ort', '--set', 'engine.threads=1');
  expect(code).toBe(0);
  expect(out).toMatch(/^│ ort \(auto\) +│ +yes │ yes, \de-[56] │/m);
  expect(out).toMatch(/^auto is ort: the first that starts/m);
}, 120_000);

test.each([
  [['--engine', 'otr'], /unknown engine "otr"; registered, nearest first: ort/],
  [['--timeout', 'long'], /Expected a duration such as 90s/],
  [['--set', 'engine.threads=1'], /options belong to one engine; name it by --engine/],
  [['--engine', 'ort', '--set', 'threads=1'], /expected an option of the engine, as in/],
  [['--engine', 'ort', '--set', 'engine.executionProvider=npu'], /engine\.executionProvider: /],
])('%j is wrong usage', async (argv, message) => {
  const { code, err } = await segkit('doctor', ...argv);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test('the table, what is missing, and the command that helps', () => {
  const lost = failing('tfjs-node-gpu', 'engine tfjs-node-gpu: no device.', {
    missingLibraries: ['libcudnn.so.8'],
    hints: ['No NVIDIA driver.'],
  });
  const advice = { why: 'a GPU is idle', command: 'npm install webgpu' };
  const engines = [lost, report('ort')];
  const text = formatDiagnosis({
    auto: 'ort',
    autoReason: 'the first',
    engines,
    advice,
    machine: { ...machine, nvidia, load: 3 },
  });
  expect(text).toContain('GPU: NVIDIA H200 (143771 MiB); NVIDIA driver 550.54.15, CUDA up to 12.4');
  expect(text).toMatch(/│ ort \(auto\) +│ +yes │ yes, 4e-6 │ +0\.100 s │ +10\.0 │/);
  expect(text).toContain(
    'tfjs-node-gpu: no device.\n  Missing: libcudnn.so.8.\n  No NVIDIA driver.',
  );
  expect(text).toContain('(load 3.0 on 2 cores)');
  expect(text).toMatch(
    /auto is ort: the first\.\n\nBetter: a GPU is idle\.\n {2}\$ npm install webgpu\n$/,
  );
});
