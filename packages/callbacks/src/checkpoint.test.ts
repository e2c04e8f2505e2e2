import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Callback, CheckpointError, ConfigError, type TrainingEvent } from '@segkit/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkpoint } from './checkpoint.js';
import { fakeRun, makeCallback, send } from './make-callback.test-support.js';
import { runEnd, runStart, step, validation } from './make-events.test-support.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'segkit-checkpoint-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function saves(options: object, events: readonly TrainingEvent[]): Promise<string[]> {
  const run = fakeRun(folder);
  await send(makeCallback(checkpoint, options), run, events);
  return run.saved;
}

const scores = (...values: readonly number[]): TrainingEvent[] =>
  values.map((meanIoU, index) => validation(10 * (index + 1), { meanIoU, error: meanIoU }));

describe('checkpoint', () => {
  it('saves last after every validation and best when the mean IoU improves', async () => {
    const saved = await saves({}, [step(1), ...scores(0.5, 0.4, 0.5, 0.6)]);
    expect(saved).toEqual(['best', 'last', 'last', 'last', 'best', 'last']);
  });

  it('watches any number, smaller or larger', async () => {
    const falling = [10, 20].map((count) => validation(count, { meanIoU: 0.5 }, 1 / count));
    expect(await saves({ monitor: 'loss' }, falling)).toEqual(['best', 'last', 'best', 'last']);
    const rising = scores(0.5, 0.6);
    expect(await saves({ monitor: 'error', mode: 'min' }, rising)).toEqual([
      'best',
      'last',
      'last',
    ]);
  });

  it('watches the loss where there is no mean IoU', async () => {
    const events = [validation(10, { psnr: 20 }, 0.5), validation(20, { psnr: 10 }, 0.4)];
    expect(await saves({}, events)).toEqual(['best', 'last', 'best', 'last']);
  });

  it('never takes NaN for the best', async () => {
    expect(await saves({}, scores(Number.NaN, 0.5, Number.NaN))).toEqual([
      'last',
      'best',
      'last',
      'last',
    ]);
  });

  it('says which score the best one has, and how many stay', async () => {
    const run = fakeRun(folder);
    await send(makeCallback(checkpoint, { keep: 3 }), run, scores(0.5));
    const note = { monitor: 'meanIoU', mode: 'max', value: 0.5, step: 10 };
    expect(run.requests).toEqual([{ keep: 3, note }, { keep: 3 }]);
  });

  it('saves last every so many steps and at the end, once per step', async () => {
    const steps = [1, 2, 3, 4, 5].map((count) => step(count));
    expect(await saves({ every: 2 }, [runStart(), ...steps, runEnd(5)])).toEqual([
      'last',
      'last',
      'last',
    ]);
    expect(await saves({ every: 2 }, [step(1), step(2), validation(2), runEnd(2)])).toEqual([
      'last',
      'best',
      'last',
    ]);
  });

  /** What a run that is taken up from `before` saves; the state passes through JSON, as in a checkpoint. */
  async function savesAfter(
    before: Callback,
    events: readonly TrainingEvent[],
    options: object = {},
  ): Promise<string[]> {
    const run = fakeRun(folder);
    const resumed = makeCallback(checkpoint, options);
    resumed.restore?.(before.state?.() ?? null);
    await send(resumed, run, events);
    return run.saved;
  }

  async function callbackAfter(events: readonly TrainingEvent[], options: object = {}) {
    const callback = makeCallback(checkpoint, options);
    await send(callback, fakeRun(folder), events);
    return callback;
  }

  it('goes on from the best value when a run is resumed', async () => {
    const before = await callbackAfter(scores(0.7));
    expect(await savesAfter(before, [validation(20, { meanIoU: 0.6 })])).toEqual(['last']);
    expect(await savesAfter(before, [validation(30, { meanIoU: 0.8 })])).toEqual(['best', 'last']);
  });

  it('starts anew when resumed with another number to watch', async () => {
    const before = await callbackAfter(scores(0.7));
    expect(await savesAfter(before, scores(0.1), { monitor: 'error' })).toEqual(['best', 'last']);
    expect(await savesAfter(before, scores(0.9), { mode: 'min' })).toEqual(['best', 'last']);
  });

  it('keeps an infinite best value', async () => {
    const before = await callbackAfter([validation(1, { psnr: Infinity })], { monitor: 'psnr' });
    const more = [validation(2, { psnr: 99 })];
    expect(await savesAfter(before, more, { monitor: 'psnr' })).toEqual(['last']);
  });

  it('refuses the state of something else', () => {
    expect(() => makeCallback(checkpoint).restore?.({ bytes: 3 })).toThrow(CheckpointError);
  });

  it('names the numbers there are when the monitored one is not among them', async () => {
    const handling = saves({ monitor: 'meanIou' }, scores(0.5));
    await expect(handling).rejects.toThrow(ConfigError);
    await expect(saves({ monitor: 'meanIou' }, scores(0.5))).rejects.toThrow(
      /callbacks\.0\.monitor: .*loss, meanIoU, error; received "meanIou"/,
    );
  });

  it('passes on what the disk says, and tries again at the next step', async () => {
    const callback = makeCallback(checkpoint, { every: 1 });
    const run = fakeRun(folder);
    const full = { ...run, saveCheckpoint: refuse };
    await expect(send(callback, full, [step(1)])).rejects.toThrow('disk full');
    await send(callback, run, [runEnd(1)]);
    expect(run.saved).toEqual(['last']);
  });
});

function refuse(): string {
  throw new CheckpointError('disk full');
}
