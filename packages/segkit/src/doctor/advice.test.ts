import { expect, test } from 'vitest';

import { adviceFor } from './advice.js';
import { failing, machine, nvidia, report, speedOf } from './fake-reports.test-support.js';

const absent = (name: string) =>
  failing(name, `the package is not installed. Install it with "npm install ${name}".`, {
    installed: false,
  });

test('nothing is better than a correct ort on a machine without a GPU', () => {
  const reports = [
    absent('tfjs-node-gpu'),
    report('ort'),
    absent('webgpu'),
    report('wasm', { speed: speedOf(0.7) }),
  ];
  expect(adviceFor(machine, reports, 'ort')).toBeNull();
});

test('the command of the engine that a GPU needs', () => {
  const reports = [absent('tfjs-node-gpu'), absent('webgpu'), report('ort')];
  const commandOn = (vendor: 'NVIDIA' | 'AMD', changes = {}) =>
    adviceFor({ ...machine, gpus: [{ vendor, device: null }], ...changes }, reports, 'ort')
      ?.command;
  expect(commandOn('NVIDIA')).toBe('npm install tfjs-node-gpu');
  expect(commandOn('AMD')).toBe('npm install webgpu');
  // There is no TensorFlow with CUDA for it.
  expect(commandOn('NVIDIA', { arch: 'arm64' })).toBe('npm install webgpu');
  expect(adviceFor({ ...machine, nvidia }, reports, 'ort')?.why).toMatch(
    /a GPU of NVIDIA that ort does not use/,
  );
});

test('a GPU that is in use needs nothing', () => {
  const reports = [
    absent('tfjs-node-gpu'),
    report('webgpu'),
    report('ort', { speed: speedOf(0.5) }),
  ];
  expect(adviceFor({ ...machine, nvidia }, reports, 'webgpu')).toBeNull();
});

test('the repair of ort where wasm runs', () => {
  const repair = 'ONNXRUNTIME_NODE_INSTALL=skip npm install';
  const ort = failing(
    'ort',
    `the package is not installed. Install it with "${repair}". Or choose "wasm".`,
  );
  expect(adviceFor(machine, [ort, report('wasm')], 'wasm')?.command).toBe(repair);
  const damaged = failing('ort', `it is damaged. Delete /a/b and run "${repair}".`);
  expect(adviceFor(machine, [damaged, report('wasm')], 'wasm')?.command).toBe(
    `rm -r /a/b && ${repair}`,
  );
});

test('a reason without a command is advice enough', () => {
  const reports = [failing('tfjs-node-gpu', 'found no CUDA device.'), report('ort')];
  expect(adviceFor({ ...machine, nvidia }, reports, 'ort')).toMatchObject({ command: null });
});

test.each([
  ['gives wrong gradients', 'ort', report('ort', { correct: false })],
  [
    'kills the process that looks for an engine',
    null,
    failing('ort', 'died', { failure: 'crash' }),
  ],
])('the fastest correct engine where the first %s', (_, auto, ort) => {
  const reports = [
    ort,
    report('wasm', { speed: speedOf(0.5) }),
    report('cpu', { speed: speedOf(9) }),
  ];
  expect(adviceFor(machine, reports, auto)?.command).toBe(
    'npx segkit train segkit.config.ts --set engine=wasm',
  );
});

test('an engine that is faster here than the first', () => {
  const reports = [report('ort'), report('tfjs-node', { speed: speedOf(0.05) })];
  expect(adviceFor(machine, reports, 'ort')).toEqual({
    why: 'it is 2.0 times as fast as ort here; tfjs-node is correct',
    command: 'npx segkit train segkit.config.ts --set engine=tfjs-node',
  });
});
