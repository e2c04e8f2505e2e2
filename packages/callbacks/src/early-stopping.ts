import { defineCallback, type StateValue } from '@segkit/core';
import * as z from 'zod';

import { Monitor, monitorOptions } from './monitor.js';

const options = z.strictObject({
  ...monitorOptions,
  patience: z
    .number()
    .int()
    .positive()
    .default(5)
    .describe('Validations in a row that may bring no improvement.'),
  minDelta: z
    .number()
    .nonnegative()
    .default(0)
    .describe('By how much the best value must be beaten to count as an improvement.'),
});

/** Options of the callback `early-stopping`. */
export type EarlyStoppingOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    'early-stopping': EarlyStoppingOptions;
  }
}

const earlyStoppingState = z.object({ idle: z.number().int(), best: z.unknown() });

/**
 * Ends the run once the monitored number has not improved for `patience` validations in a row. A NaN is no
 * improvement. Errors (an unknown `monitor`) stop the run.
 */
export const earlyStopping = defineCallback({
  name: 'early-stopping',
  description: 'Ends the run when a validation number stops improving.',
  options,
  create: ({ patience, ...settings }, { path }) => {
    const monitor = new Monitor({ ...settings, path });
    let idle = 0;
    return {
      // A run that was asked to stop by itself but cannot tell when would train on for nothing.
      onError: 'stop',
      handle: (event, run) => {
        if (event.type !== 'validation') return;
        idle = monitor.improves(event) ? 0 : idle + 1;
        if (idle < patience) return;
        const duration =
          patience === 1 ? 'for 1 validation' : `for ${String(patience)} validations`;
        const { best } = monitor;
        const since =
          best === undefined
            ? 'the monitored number was NaN'
            : `${best.monitor} has not improved on ${best.value.toPrecision(4)} of step ${String(best.step)}`;
        run.stop(`early stopping: ${since} ${duration}`);
      },
      state: () => ({ idle, best: monitor.state() }),
      restore: (state) => {
        const { idle: before, best } = earlyStoppingState.parse(state);
        idle = before;
        monitor.restore(best as StateValue);
      },
    };
  },
});
