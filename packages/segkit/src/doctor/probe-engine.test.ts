import { platform } from 'node:os';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { probeEngine } from './probe-engine.js';

const fakes = fileURLToPath(new URL('fake-engines.test-support.ts', import.meta.url));
const seconds = 60;

const probe = (name: string, limit = seconds) =>
  probeEngine({ engine: { name }, plugins: [fakes] }, limit);

test('an engine that starts is checked and timed', async () => {
  const { started, steps, speed, failure, warnings } = await probe('wasm');
  expect({ failure, warnings }).toEqual({ failure: null, warnings: [] });
  expect(started).toMatchObject({ engine: 'wasm', backend: 'wasm' });
  expect(steps?.map(({ network }) => network)).toEqual(['unet', 'd-linknet']);
  // oracles/engine_check.py: PyTorch's own single precision is off by 6.4e-6; sums in another order, by some times that.
  for (const { error } of steps ?? []) expect(error).toBeLessThan(5e-5);
  expect(speed?.steps).toBeGreaterThanOrEqual(1);
  expect(speed?.stepsPerSecond).toBeCloseTo((speed?.steps ?? 0) / (speed?.seconds ?? 1));
}, 120_000);

test('a wrong kernel is found', async () => {
  const { started, steps, speed } = await probe('wrong');
  expect(started?.backend).toBe('cpu');
  expect(speed).toBeNull();
  for (const { error } of steps ?? []) expect(error).toBeGreaterThan(0.02);
  expect(steps).toHaveLength(2);
}, 120_000);

test.skipIf(platform() === 'win32').each([
  ['segfault', 'start', /^the process died of SIGSEGV .* while it started\.$/],
  ['bus-error', 'start', /died of SIGBUS .*damaged.* It last wrote: loading libfast\.so\.3$/],
  ['dies-training', 'check', /died of SIGSEGV .* in the check of a training step/],
] as const)('%s: a crash of native code is an outcome', async (name, stage, message) => {
  const { failure } = await probe(name);
  expect(failure).toMatchObject({ how: 'crash', stage, notInstalled: false });
  expect(failure?.message).toMatch(message);
});

test('engines that hang, computing or waiting, are killed', async () => {
  const outcomes = await Promise.all(['busy', 'waiting'].map((name) => probe(name, 10)));
  const expected = {
    how: 'hang',
    stage: 'start',
    message: 'no answer for 10 s while it started; the process was killed.',
    notInstalled: false,
  };
  expect(outcomes.map(({ failure }) => failure)).toEqual([expected, expected]);
});

test('an engine that ends the process is an outcome', async () => {
  const { failure } = await probe('exits');
  expect(failure).toMatchObject({
    how: 'crash',
    message: 'the process ended with code 3 while it started.',
  });
});

test.each([
  ['broken', { how: 'error', stage: 'start', message: 'kaput', notInstalled: false }],
  ['absent', { how: 'error', stage: 'start', notInstalled: true }],
])('%s: an error is told as it is', async (name, failure) => {
  expect((await probe(name)).failure).toMatchObject(failure);
});

test('what native code says is kept', async () => {
  const { stderr } = await probe('no-cuda');
  expect(stderr).toContain("library 'libcudnn.so.8'");
});

test('without a name, the engine that a run would take', async () => {
  const { started, steps, failure } = await probeEngine({ engine: null, plugins: [] }, seconds);
  expect({ steps, failure }).toEqual({ steps: null, failure: null });
  expect(started?.engine).toBe('ort');
});
