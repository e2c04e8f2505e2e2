import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

import type { App, RunEnd, TrainingEvent, Validation } from '@segkit/core';

import { interrupted } from './exit-code.js';
import { formatScores, toJson } from './format.js';
import type { Terminal } from './terminal.js';

/** How a run is followed and reported. */
export interface FollowOptions {
  readonly json?: true;
  /** Seconds after which it is stopped. */
  readonly maxTime?: number;
}

/** What is left of a run's events when it is over. */
export interface Outcome {
  /** Whether the network makes images instead of classes, which have no overlay. */
  makesImages: boolean;
  folder: string | null;
  validation: Validation | undefined;
  end: RunEnd | undefined;
}

/**
 * Runs to the end, until Ctrl-C, or until the time is over.
 * @param start - Makes the stream of the run's events; the signal stops it after the current step.
 * @param isImageTask - Asked once the run has been prepared.
 */
export async function followRun(
  start: (signal: AbortSignal) => ReturnType<App['fit']>,
  isImageTask: () => boolean,
  { maxTime }: FollowOptions,
  terminal: Terminal,
): Promise<Outcome> {
  const outcome: Outcome = {
    makesImages: false,
    folder: null,
    validation: undefined,
    end: undefined,
  };
  const remember = (event: TrainingEvent): void => {
    if (event.type === 'run-start') outcome.folder = event.folder;
    else if (event.type === 'validation') outcome.validation = event;
    else if (event.type === 'run-end') outcome.end = event;
  };
  const controller = new AbortController();
  let over = false;
  terminal.onInterrupt(() => {
    if (over) return;
    if (controller.signal.aborted) {
      terminal.exit(130);
      return;
    }
    terminal.writeErr('\nStopping after this step; press Ctrl-C again to quit at once.\n');
    controller.abort();
  });
  const timeLimit = new AbortController();
  const timer =
    maxTime === undefined
      ? undefined
      : setTimeout(() => {
          timeLimit.abort('time limit');
        }, maxTime * 1000);
  const signal = AbortSignal.any([controller.signal, timeLimit.signal]);
  try {
    await start(signal).forEach(remember);
  } finally {
    over = true;
    clearTimeout(timer);
  }
  outcome.makesImages = isImageTask();
  if (controller.signal.aborted) {
    throw interrupted(`Stopped by Ctrl-C.\n${describeRun(outcome)}`);
  }
  return outcome;
}

/** Prints a run's outcome: scores and what can be done next, or one JSON object. */
export function reportRun(outcome: Outcome, { json }: FollowOptions, terminal: Terminal): void {
  const { folder, validation, end } = outcome;
  const { loss = null, metrics = null } = validation ?? {};
  if (json === true) {
    const { step: steps, reason, seconds, dataSeconds, skippedSamples } = end ?? {};
    const run = { folder, steps, reason, seconds, dataSeconds, skippedSamples };
    terminal.writeOut(toJson({ ...run, loss, metrics }));
    return;
  }
  if (validation !== undefined) {
    // Scores of single classes, `iou/cell`, are left to `segkit evaluate`.
    const overall = Object.entries(validation.metrics).filter(([key]) => !key.includes('/'));
    const scores = formatScores({ loss: validation.loss, ...Object.fromEntries(overall) });
    terminal.writeOut(`Validation at step ${String(validation.step)}:\n${scores}\n`);
  }
  terminal.writeOut(`${describeRun(outcome)}\n`);
}

/** Where a run lies and what can be done with it. */
function describeRun({ folder, makesImages }: Outcome): string {
  if (folder === null) return 'Nothing was written.';
  const shown = relative(process.cwd(), folder) || '.';
  const path = shown.startsWith('..') ? folder : shown;
  const place = /\s/.test(path) ? `"${path}"` : path;
  const kept = ['last', 'best'].some((name) =>
    existsSync(join(folder, 'checkpoints', `${name}.json`)),
  );
  if (!kept) return `Run: ${place} (without checkpoints)`;
  return [
    `Run: ${place}`,
    'Next:',
    `  segkit evaluate ${place}`,
    `  segkit predict ${place} <image|folder> --out predictions${makesImages ? '' : ' --overlay'}`,
  ].join('\n');
}
