import { type Callback, defineCallback, type RunControl, type Validation } from '@segkit/core';
import * as z from 'zod';

import { Monitor, monitorOptions, type MonitorSettings } from './monitor.js';

const options = z.strictObject({
  ...monitorOptions,
  every: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Also save "last" after every so many steps.'),
  keep: z
    .number()
    .int()
    .positive()
    .default(2)
    .describe('How many of the newest checkpoints stay, beside the best.'),
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
  readonly keep: number;
}

function checkpointCallback({ every, keep, ...settings }: CheckpointSettings): Callback {
  const monitor = new Monitor(settings);
  let lastSaved: number | undefined;

  const saveLast = (step: number, run: RunControl): void => {
    if (lastSaved === step) return;
    run.saveCheckpoint('last', { keep });
    lastSaved = step;
  };
  const saveBest = (event: Validation, run: RunControl): void => {
    if (!monitor.improves(event)) return;
    run.saveCheckpoint('best', { keep, note: { ...monitor.best } });
  };

  return {
    // A run that cannot be saved is lost: stop at once.
    onError: 'stop',
    handle: (event, run) => {
      if (run.folder === null) return;
      if (event.type === 'step') {
        if (every !== undefined && event.step % every === 0) saveLast(event.step, run);
      } else if (event.type === 'validation') {
        saveBest(event, run);
        saveLast(event.step, run);
      } else if (event.type === 'run-end' && event.step > 0) {
        // Even if this step was saved before: why the run ends is part of what is saved.
        run.saveCheckpoint('last', { keep });
      }
    },
    state: () => monitor.state(),
    restore: (state) => {
      monitor.restore(state);
    },
  };
}

/**
 * Saves checkpoint `last` after every validation, every `every` steps and at the end of the run, and `best`
 * whenever the monitored number of a validation improves; `checkpoints/best.json` says by which value. The newest `keep`
 * checkpoints and the best stay, older ones are removed. Does nothing in a run without a folder. Any error stops the run: one
 * that cannot be saved is lost.
 */
export const checkpoint = defineCallback({
  name: 'checkpoint',
  description: 'Saves the last and the best checkpoint.',
  options,
  create: (resolved, { path }) => checkpointCallback({ ...resolved, path }),
});
