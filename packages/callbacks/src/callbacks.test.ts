import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Callback } from '@segkit/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FakeStream } from './fake-stream.test-support.js';
import { callbacks } from './index.js';
import { fakeRun, makeCallback, send } from './make-callback.test-support.js';
import { runEnd, runStart, step, validation, wholeRun } from './make-events.test-support.js';
import { progressCallback } from './progress.js';

/** Options without which a callback cannot be. What `webhook` posts is tested with a receiver. */
const required: Readonly<Record<string, object>> = {
  webhook: { url: 'http://localhost/hook', events: ['paused'] },
};

/** `progress` writes to a stand-in; the others are made as the registry makes them. */
const kinds: readonly (readonly [string, () => Callback])[] = callbacks.map((plugin) => [
  plugin.name,
  () =>
    plugin.name === 'progress'
      ? progressCallback(
          { metric: 'meanIoU', every: 10 },
          { stream: new FakeStream({ isTTY: true }) },
        )
      : makeCallback(plugin, required[plugin.name]),
]);

const files: Readonly<Record<string, readonly string[]>> = {
  'csv-log': ['steps.csv', 'validations.csv'],
  'jsonl-log': ['events.jsonl'],
  tensorboard: ['events.out.tfevents'],
  'image-sheet': ['sheets'],
};

/** What is in a folder; the numbers in names of event files are left out. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => name.replace(/^(events\.out\.tfevents)\..*/, '$1'));
}

describe.each(kinds)('callback %s', (name, make) => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'segkit-callbacks-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('closes without having seen anything', async () => {
    const callback = make();
    await callback.close?.();
    await callback.close?.();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('survives a run that takes no step', async () => {
    const callback = make();
    const run = fakeRun(folder);
    await send(callback, run, [runStart({ folder }), runEnd(0, 'stopped')]);
    await callback.close?.();
    expect(run.saved).toEqual([]);
  });

  it('handles a run of one step', async () => {
    const callback = make();
    await send(callback, fakeRun(folder), wholeRun(1, folder));
    await callback.close?.();
    expect(filesIn(folder)).toEqual(files[name] ?? []);
  });

  it('handles a run of many steps and closes twice', async () => {
    const callback = make();
    const run = fakeRun(folder);
    await send(callback, run, wholeRun(35, folder));
    await callback.close?.();
    await callback.close?.();
    expect(filesIn(folder)).toEqual(files[name] ?? []);
    expect(run.stops).toEqual([]);
  });

  it('writes and saves nothing in a run without a folder', async () => {
    const callback = make();
    const run = { ...fakeRun(null), saveCheckpoint: refuse };
    await send(callback, run, wholeRun(12, null));
    await callback.close?.();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('can be closed after an error inside', async () => {
    // A file stands where the folder should be, and the disk refuses checkpoints.
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, '');
    const callback = make();
    const run = { ...fakeRun(join(blocked, 'run')), saveCheckpoint: refuse };
    const handling = send(callback, run, [runStart(), step(1), validation(1)]);
    if (name in files || name === 'checkpoint') await expect(handling).rejects.toThrow();
    else await handling;
    await callback.close?.();
    expect(readdirSync(folder)).toEqual(['blocked']);
  });
});

function refuse(): string {
  throw new Error('disk full');
}

describe('callbacks', () => {
  it('declare what an error does', () => {
    const choices = kinds.map(([name, make]) => [name, make().onError]);
    expect(Object.fromEntries(choices)).toEqual({
      progress: 'warn',
      'csv-log': 'warn',
      'jsonl-log': 'warn',
      checkpoint: 'stop',
      'early-stopping': 'stop',
      tensorboard: 'warn',
      'image-sheet': 'warn',
      'system-stats': 'warn',
      webhook: 'warn',
    });
  });

  it.each(callbacks)('$name refuses unknown options', (plugin) => {
    expect(() => makeCallback(plugin, { ...required[plugin.name], monitr: 'loss' })).toThrow(
      /monitr/,
    );
  });
});
