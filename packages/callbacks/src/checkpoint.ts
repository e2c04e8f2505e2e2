import { type Callback, defineCallback, type RunControl, type Validation } from '@segkit/core';
import * as z from 'zod';

import { readBest, writeBest } from './best-file.js';
import { Monitor, monitorOptions, type MonitorSettings } from './monitor.js';

const options = z.strictObject({
  ...monitorOptions,
  every: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Also save "last" after every so many steps.'),
});

/** Options of the callback `checkpoint`. */
export type CheckpointOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    checkpoint: CheckpointOptions;
  }
}

interface CheckpointSettings extends MonitorSettings {
  readonly every?: number | undefined;
}

function checkpointCallback({ every, ...settings }: CheckpointSettings): Callback {
  const monitor = new Monitor(settings);
  let started = false;
  let lastSaved: number | undefined;

  const resume = (step: number, folder: string): void => {
    if (started) return;
    started = true;
    // A run that starts at its first step owes nothing to a best.json left by another.
    const best = step > 1 ? readBest(folder) : undefined;
    if (best !== undefined) monitor.resume(best);
  };
  const saveLast = async (step: number, run: RunControl): Promise<void> => {
    if (lastSaved === step) return;
    await run.saveCheckpoint('last');
    lastSaved = step;
  };
  const saveBest = async (event: Validation, run: RunControl, folder: string): Promise<void> => {
    if (!monitor.improves(event)) return;
    await run.saveCheckpoint('best');
    if (monitor.best !== undefined) writeBest(folder, monitor.best);
  };

  return {
    // A run that cannot be saved is lost: stop at once.
    onError: 'stop',
    handle: async (event, run) => {
      const { folder } = run;
      if (folder === null) return;
      if (event.type === 'step') {
        resume(event.step, folder);
        if (every !== undefined && event.step % every === 0) await saveLast(event.step, run);
      } else if (event.type === 'validation') {
        await saveLast(event.step, run);
        await saveBest(event, run, folder);
      } else if (event.type === 'run-end' && event.step > 0) {
        await saveLast(event.step, run);
      }
    },
  };
}

/**
 * Saves checkpoint `last` after every validation, every `every` steps and at the end of the run, and `best`
 * whenever the monitored number of a validation improves; `best.json` in the run's folder says by which value, and
 * lets a resumed run go on from there. Does nothing in a run without a folder. Any error stops the run: one that
 * cannot be saved is lost.
 */
export const checkpoint = defineCallback({
  name: 'checkpoint',
  description: 'Saves the last and the best checkpoint.',
  options,
  create: (resolved, { path }) => checkpointCallback({ ...resolved, path }),
});
