import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CheckpointError, ConfigError, type TrainingEvent } from '@segkit/core';
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
    expect(saved).toEqual(['last', 'best', 'last', 'last', 'last', 'best']);
    expect(JSON.parse(readFileSync(join(folder, 'best.json'), 'utf8'))).toEqual({
      monitor: 'meanIoU',
      mode: 'max',
      value: 0.6,
      step: 40,
    });
    expect(readdirSync(folder)).toEqual(['best.json']);
  });

  it('watches any number, smaller or larger', async () => {
    const falling = [10, 20].map((count) => validation(count, { meanIoU: 0.5 }, 1 / count));
    expect(await saves({ monitor: 'loss' }, falling)).toEqual(['last', 'best', 'last', 'best']);
    const rising = scores(0.5, 0.6);
    expect(await saves({ monitor: 'error', mode: 'min' }, rising)).toEqual([
      'last',
      'best',
      'last',
    ]);
  });

  it('watches the loss where there is no mean IoU', async () => {
    const events = [validation(10, { psnr: 20 }, 0.5), validation(20, { psnr: 10 }, 0.4)];
    expect(await saves({}, events)).toEqual(['last', 'best', 'last', 'best']);
  });

  it('never takes NaN for the best', async () => {
    expect(await saves({}, scores(Number.NaN, 0.5, Number.NaN))).toEqual([
      'last',
      'last',
      'best',
      'last',
    ]);
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
    ]);
  });

  it('goes on from the best value when a run is resumed, and forgets it in a new run', async () => {
    await saves({}, [step(1), ...scores(0.7)]);
    expect(await saves({}, [step(11), validation(20, { meanIoU: 0.6 })])).toEqual(['last']);
    expect(await saves({}, [step(21), validation(30, { meanIoU: 0.8 })])).toEqual(['last', 'best']);
    expect(await saves({}, [step(1), ...scores(0.1)])).toEqual(['last', 'best']);
  });

  it('starts anew when resumed with another number to watch', async () => {
    await saves({}, [step(1), ...scores(0.7)]);
    expect(await saves({ monitor: 'error' }, [step(11), ...scores(0.1)])).toEqual(['last', 'best']);
    expect(await saves({ mode: 'min' }, [step(11), ...scores(0.9)])).toEqual(['last', 'best']);
  });

  it('keeps an infinite best value', async () => {
    const events = [step(1), validation(1, { psnr: Infinity })];
    expect(await saves({ monitor: 'psnr' }, events)).toEqual(['last', 'best']);
    const more = [step(2), validation(2, { psnr: 99 })];
    expect(await saves({ monitor: 'psnr' }, more)).toEqual(['last']);
  });

  it('names the numbers there are when the monitored one is not among them', async () => {
    const handling = saves({ monitor: 'meanIou' }, scores(0.5));
    await expect(handling).rejects.toThrow(ConfigError);
    await expect(saves({ monitor: 'meanIou' }, scores(0.5))).rejects.toThrow(
      /callbacks\.0\.monitor: .*loss, meanIoU, error; received "meanIou"/,
    );
  });

  it('refuses a damaged best.json', async () => {
    writeFileSync(join(folder, 'best.json'), '{"monitor":');
    await expect(saves({}, [step(2)])).rejects.toThrow(CheckpointError);
  });

  it('passes on what the disk says, and tries again at the next step', async () => {
    const callback = makeCallback(checkpoint, { every: 1 });
    const run = fakeRun(folder);
    const full = { ...run, saveCheckpoint: () => Promise.reject(new CheckpointError('disk full')) };
    await expect(send(callback, full, [step(1)])).rejects.toThrow('disk full');
    await send(callback, run, [runEnd(1)]);
    expect(run.saved).toEqual(['last']);
  });
});
