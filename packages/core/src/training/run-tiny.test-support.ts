import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Tensor4D } from '@tensorflow/tfjs-core';
import { lastValueFrom, toArray } from 'rxjs';
import { onTestFinished } from 'vitest';
import * as z from 'zod';

import { findCheckpoint, readCheckpoint } from '../checkpoint/open-checkpoint.js';
import type { Sample } from '../components/sample.js';
import type { Step, TrainingEvent, Warning, WarningCause } from '../components/training-event.js';
import { BatchNorm2d } from '../nn/batch-norm2d.js';
import { Conv2d } from '../nn/conv2d.js';
import { Module, type Mode } from '../nn/module.js';
import { defineBackbone, defineTransform, type Plugin } from '../registry/plugin.js';
import type { Size } from '../tensor/size.js';
import { callbackPlugin, tinyApp, tinyConfig } from '../testing/tiny-plugins.test-support.js';

const saver = callbackPlugin('saver', {
  onError: 'stop',
  handle: (event, run) => {
    if (event.type === 'step' || event.type === 'validation' || event.type === 'run-end') {
      run.saveCheckpoint('last', { keep: 100 });
    }
  },
});

class NormedBackbone extends Module {
  readonly channels = [4];
  readonly strides = [1];
  readonly #conv: Conv2d;
  readonly #norm: BatchNorm2d;

  constructor(inChannels: number) {
    super();
    const conv = new Conv2d({ inChannels, outChannels: 4, kernelSize: 3, padding: 1 });
    this.#conv = this.child('conv', conv);
    this.#norm = this.child('bn', new BatchNorm2d({ channels: 4 }));
  }

  sizes(image: Size): readonly Size[] {
    return [image];
  }

  forward(image: Tensor4D, mode: Mode): Tensor4D[] {
    return [this.#norm.forward(this.#conv.forward(image), mode)];
  }
}

const normed = defineBackbone({
  name: 'normed',
  description: 'One convolution and a batch normalisation.',
  options: z.strictObject({}),
  create: (_, { inChannels }) => new NormedBackbone(inChannels),
});

/** A transform, `spoil`, that changes samples of a run by a test's own function. */
export function spoiling(change: (sample: Sample) => Sample | Promise<never>): Plugin {
  return defineTransform({
    name: 'spoil',
    description: 'Of a test.',
    options: z.strictObject({}),
    create: () => ({ apply: (sample) => change(sample) as Sample }),
  });
}

/** For tests: a folder's path that goes when the test is over. */
export function temporaryRun(): string {
  const parent = mkdtempSync(join(tmpdir(), 'segkit-run-'));
  onTestFinished(() => {
    rmSync(parent, { recursive: true, force: true });
  });
  return join(parent, 'run');
}

/** For tests: copies a run in whose folder files are written aside and renamed meanwhile, as a crash would leave it. */
export function copyRunning(from: string, to: string): void {
  for (;;) {
    try {
      cpSync(from, to, { recursive: true });
      return;
    } catch {
      rmSync(to, { recursive: true, force: true });
    }
  }
}

/** What a run of a test has told and left. */
export interface TinyRun {
  readonly events: readonly TrainingEvent[];
  readonly steps: readonly Step[];
  readonly warnings: readonly Warning[];
  readonly folder: string;
}

function told(events: readonly TrainingEvent[], folder: string): TinyRun {
  return {
    events,
    folder,
    steps: events.filter((event) => event.type === 'step'),
    warnings: events.filter((event) => event.type === 'warning'),
  };
}

/** How a test's run differs from the usual. */
export interface TinyRunOptions {
  readonly plugins?: readonly Plugin[];
  readonly folder?: string;
  /** The step after which it is interrupted. */
  readonly stopAt?: number;
}

/** For tests: trains a tiny network and saves a checkpoint of every step. */
export async function runTiny(
  overrides: Record<string, unknown>,
  { plugins = [], folder = temporaryRun(), stopAt }: TinyRunOptions = {},
): Promise<TinyRun> {
  const config = tinyConfig({ callbacks: ['saver'], ...overrides });
  const abort = new AbortController();
  const events: TrainingEvent[] = [];
  const run = tinyApp(saver, normed, ...plugins).fit(config, { folder, signal: abort.signal });
  await run.forEach((event) => {
    events.push(event);
    if (event.type === 'step' && event.step === stopAt) abort.abort();
  });
  return told(events, folder);
}

/** For tests: goes on with a run, if need be with another `train`. */
export async function resumeTiny(
  folder: string,
  plugins: readonly Plugin[] = [],
  train?: object,
): Promise<TinyRun> {
  const edit = (config: unknown) => ({ ...(config as object), ...(train && { train }) });
  const run = tinyApp(saver, normed, ...plugins).resume(folder, { edit });
  return told(await lastValueFrom(run.pipe(toArray())), folder);
}

/** For tests: everything in a checkpoint but the time it took. */
export async function checkpointOf(folder: string, name = 'last') {
  const { weights, optimizer, state } = await readCheckpoint(
    folder,
    await findCheckpoint(folder, name),
  );
  const { seconds: _, ...position } = state.position;
  return { weights, optimizer, position, guards: state.guards, schedule: state.schedule };
}

/** For tests: one guard's warnings. */
export function causesOf<G extends WarningCause['guard']>(
  { warnings }: TinyRun,
  guard: G,
): readonly Extract<WarningCause, { guard: G }>[] {
  return warnings
    .map(({ cause }) => cause)
    .filter((cause): cause is Extract<WarningCause, { guard: G }> => cause?.guard === guard);
}
