import { join } from 'node:path';

import { type Callback, defineCallback, type TrainingEvent } from '@segkit/core';
import * as z from 'zod';

import { AppendFile } from './append-file.js';
import { eventToJson } from './event-json.js';

const options = z.strictObject({
  file: z.string().min(1).default('events.jsonl').describe('File name in the run folder.'),
});

/** Options of the callback `jsonl-log`. */
export type JsonlLogOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CallbackOptions {
    'jsonl-log': JsonlLogOptions;
  }
}

/** @param now - Milliseconds since 1970, for the `time` field. */
export function jsonlLogCallback(
  { file }: z.output<typeof options>,
  now: () => number = Date.now,
): Callback {
  let log: AppendFile | undefined;
  return {
    // A log that cannot be written is no reason to lose hours of training.
    onError: 'warn',
    handle: (event: TrainingEvent, { folder }) => {
      if (folder === null) return;
      log ??= new AppendFile(join(folder, file));
      log.append(`${eventToJson(event, now())}\n`);
    },
    close: () => {
      log?.close();
      log = undefined;
    },
  };
}

/**
 * Appends every event as one line of JSON, with an ISO `time`, to `events.jsonl` in the run's folder. NaN is
 * written as `null`, infinities as `"Infinity"` and `"-Infinity"`. A resumed run goes on in the same file. Does
 * nothing in a run without a folder. A write error becomes a warning event; training goes on.
 */
export const jsonlLog = defineCallback({
  name: 'jsonl-log',
  description: 'Appends every event as a line of JSON to events.jsonl in the run folder.',
  source: 'https://jsonlines.org',
  options,
  create: (resolved) => jsonlLogCallback(resolved),
});
