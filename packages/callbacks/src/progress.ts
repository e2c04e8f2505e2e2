import { type Callback, defineCallback, type RunStart, type Validation } from '@segkit/core';
import * as z from 'zod';

import { formatDuration } from './format-duration.js';
import {
  barDisplay,
  plainDisplay,
  type ProgressDisplay,
  type ProgressStream,
} from './progress-display.js';
import { ProgressState } from './progress-state.js';

const options = z.strictObject({
  metric: z.string().min(1).default('meanIoU').describe('The validation metric that is shown.'),
  every: z
    .number()
    .positive()
    .default(10)
    .describe('Seconds between lines where the output is no terminal.'),
});

/** Options of the callback `progress`. */
export type ProgressOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    progress: ProgressOptions;
  }
}

/** What surrounds the display; tests bring their own. */
export interface ProgressSurroundings {
  readonly stream?: ProgressStream;
  /** Milliseconds. */
  readonly now?: () => number;
}

function startText(event: RunStart): string {
  const { engine, totalSteps, batchSize, parameters, trainSamples, validationSamples } = event;
  return (
    `training ${parameters.toLocaleString('en')} parameters on ${engine}: ${String(totalSteps)} steps of ` +
    `${String(batchSize)} images, ${String(trainSamples)} to train and ${String(validationSamples)} to validate on`
  );
}

function validationText({ step, epoch, loss, seconds }: Validation, metric: string): string {
  const scores = [`loss ${loss.toFixed(4)}`, metric].filter((text) => text !== '').join(', ');
  return `validation at step ${String(step)}, epoch ${String(epoch)}: ${scores} (${formatDuration(seconds)})`;
}

/** Makes the callback. */
export function progressCallback(
  { metric, every }: z.output<typeof options>,
  { stream = process.stderr, now = Date.now }: ProgressSurroundings = {},
): Callback {
  const state = new ProgressState(metric, now);
  const display: ProgressDisplay =
    stream.isTTY === true ? barDisplay(stream) : plainDisplay(stream, every, now);
  return {
    // A display that fails must not end the training it shows.
    onError: 'warn',
    handle: (event) => {
      switch (event.type) {
        case 'run-start':
          display.line(startText(event));
          break;
        case 'step':
          state.addStep(event);
          display.step(event, state.texts(event));
          break;
        case 'validation':
          state.addValidation(event);
          display.line(validationText(event, state.metricText(event)));
          break;
        case 'warning':
          display.line(`warning: ${event.message}`);
          break;
        case 'paused':
          display.line(`paused after step ${String(event.step)}`);
          break;
        case 'resumed':
          state.addPause(event.seconds);
          display.line(`resumed after ${formatDuration(event.seconds)}`);
          break;
        case 'run-end':
          display.close();
          display.line(
            `run ended at step ${String(event.step)} after ${formatDuration(event.seconds)}: ${event.reason}`,
          );
          break;
        default:
          break;
      }
    },
    close: () => {
      display.close();
    },
  };
}

/**
 * Shows on standard error how a run goes. On a terminal: a bar with steps, smoothed loss, the last validation's
 * metric, images per second and time left, under lines for validations and warnings. Elsewhere: a line every
 * `every` seconds, one per validation and warning, one at start and end. An error becomes a warning event.
 */
export const progress = defineCallback({
  name: 'progress',
  description: 'Shows steps, loss, validation metric, images per second and time left.',
  source: 'https://github.com/npkgz/cli-progress',
  options,
  create: (resolved) => progressCallback(resolved),
});
