import { expect, test } from 'vitest';

import { reportOf } from './engine-report.js';
import { machine, nvidia, outcome } from './fake-reports.test-support.js';

const failure = { stage: 'start', how: 'error', notInstalled: false } as const;
const unstarted = { ...outcome, started: null, steps: null, speed: null };

test('an engine that is right', () => {
  expect(reportOf('x', outcome, machine)).toMatchObject({
    starts: true,
    correct: true,
    reason: null,
    error: 5e-6,
    missingLibraries: [],
  });
});

test.each([0.3, Number.NaN])('a gradient that is off by %d is not correct, and named', (error) => {
  const steps = [{ network: 'unet', error, worst: 'head.conv.weight' }];
  const { correct, reason } = reportOf('x', { ...outcome, steps, speed: null }, machine);
  expect(correct).toBe(false);
  expect(reason).toContain(`head.conv.weight of the unet is off by ${error.toPrecision(2)}`);
});

test('an engine that dies while steps are timed is not correct, though the check was passed', () => {
  const died = { ...failure, stage: 'time', how: 'crash', message: 'died' } as const;
  const { correct, reason } = reportOf('x', { ...outcome, failure: died }, machine);
  expect({ correct, reason }).toEqual({ correct: false, reason: 'died' });
});

test('the loader names a missing library; the machine has another version of it', () => {
  const message = 'libcudart.so.11.0: cannot open shared object file: No such file or directory';
  const cudaLibraries = ['/usr/local/cuda/lib64/libcudart.so.12'];
  const there = { ...machine, nvidia, cudaLibraries };
  const { missingLibraries, hints } = reportOf(
    'x',
    { ...unstarted, failure: { ...failure, message } },
    there,
  );
  expect(missingLibraries).toEqual(['libcudart.so.11.0']);
  expect(hints).toEqual([
    'libcudart.so.11.0 is wanted; there is /usr/local/cuda/lib64/libcudart.so.12.',
  ]);
});

test('libraries that TensorFlow looks for by itself are told on standard error', () => {
  const stderr = "dso_loader: Could not load dynamic library 'libcudnn.so.8'; dlerror: …";
  const message = 'engine tfjs-node-gpu: TensorFlow loaded but found no CUDA device.';
  const tried = { ...unstarted, stderr, failure: { ...failure, message } };
  const { missingLibraries, hints } = reportOf('x', tried, machine);
  expect(missingLibraries).toEqual(['libcudnn.so.8']);
  expect(hints).toEqual([
    "The system's loader finds no CUDA library (ldconfig -p, LD_LIBRARY_PATH).",
    'No NVIDIA driver: neither /proc/driver/nvidia/version nor nvidia-smi is there.',
  ]);
});

test.each([
  ['engine webgpu: there is no GPU to use.', /^No Vulkan driver/],
  [
    'The module was compiled against a different Node.js version using NODE_MODULE_VERSION 115',
    /built for another Node than 22\.12\.0/,
  ],
])('%s: what the machine has to do with it', (message, hint) => {
  const { hints } = reportOf('x', { ...unstarted, failure: { ...failure, message } }, machine);
  expect(hints).toEqual([expect.stringMatching(hint)]);
});
