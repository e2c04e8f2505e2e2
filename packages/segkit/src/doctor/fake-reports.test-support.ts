import type { EngineReport } from './engine-report.js';
import type { Machine } from './machine/machine.js';
import type { ProbeOutcome } from './probe-engine.js';
import type { Speed } from './time-steps.js';

export const machine: Machine = {
  platform: 'linux',
  arch: 'x64',
  release: '6.1',
  processor: 'a processor',
  cores: 2,
  load: 0.1,
  memory: 8 * 2 ** 30,
  node: '22.12.0',
  napi: '9',
  packages: { segkit: '1.0.0', '@tensorflow/tfjs-core': '4.22.0' },
  gpus: [],
  nvidia: null,
  cudaLibraries: [],
  vulkanDrivers: [],
};

export const nvidia = {
  driver: '550.54.15',
  source: 'nvidia-smi',
  cuda: '12.4',
  devices: [{ name: 'NVIDIA H200', memory: '143771 MiB', computeCapability: '9.0' }],
};

export function speedOf(secondsPerStep: number): Speed {
  const stepsPerSecond = 1 / secondsPerStep;
  return {
    network: 'U-Net',
    batch: 2,
    size: 128,
    stepsPerSecond,
    secondsPerStep,
    steps: 20,
    seconds: 2,
  };
}

/** An engine that starts, is correct and takes 0.1 s for a step. */
export function report(name: string, changes: Partial<EngineReport> = {}): EngineReport {
  return {
    name,
    starts: true,
    reason: null,
    failure: null,
    installed: true,
    missingLibraries: [],
    hints: [],
    backend: name,
    startSeconds: 0.5,
    correct: true,
    error: 4e-6,
    tolerance: 5e-3,
    checks: [],
    speed: speedOf(0.1),
    warnings: [],
    ...changes,
  };
}

/** An engine that does not start. */
export function failing(
  name: string,
  reason: string,
  changes: Partial<EngineReport> = {},
): EngineReport {
  const started = { starts: false, backend: null, startSeconds: null };
  const known = { correct: null, error: null, speed: null };
  return report(name, { ...started, ...known, reason, failure: 'error', ...changes });
}

export const outcome: ProbeOutcome = {
  started: { engine: 'x', backend: 'x', seconds: 1 },
  steps: [
    { network: 'unet', error: 3e-6, worst: 'loss' },
    { network: 'd-linknet', error: 5e-6, worst: 'logits' },
  ],
  speed: speedOf(0.1),
  failure: null,
  warnings: [],
  stderr: '',
};
