import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { eventLineSchema } from '@segkit/callbacks';
import { readRunFolder, type RunRecord } from '@segkit/core';

/** What a run's folder says of it. */
export interface RunOverview {
  readonly name: string;
  readonly folder: string;
  readonly record: RunRecord;
  /** As it was resolved when the run began. */
  readonly config: unknown;
  /** Steps taken. */
  readonly step: number;
  /** Why the run ended; `null` if it did not, or nobody wrote down that it did. */
  readonly ended: string | null;
  /** Seconds of training, if the run ended. */
  readonly seconds: number | null;
  /** Of the last validation; empty before the first. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Reads a run's folder: its record, its config and, from `events.jsonl`, how far it came.
 * @throws CheckpointError if the folder is no run.
 */
export async function readOverview(folder: string): Promise<RunOverview> {
  const { record, config } = await readRunFolder(folder);
  let step = 0;
  let ended: string | null = null;
  let seconds: number | null = null;
  let metrics: Readonly<Record<string, number>> = {};
  for (const event of await eventsOf(join(folder, 'events.jsonl'))) {
    if ('step' in event) step = event.step;
    if (event.type === 'run-end') {
      ended = event.reason;
      seconds = event.seconds;
    } else if (event.type === 'validation') {
      metrics = { loss: event.loss, ...event.metrics };
    } else if (event.type === 'run-start') {
      // A run that was resumed is not over any more.
      ended = null;
      seconds = null;
    }
  }
  return { name: basename(folder), folder, record, config, step, ended, seconds, metrics };
}

/** The events of a log; lines that a crash cut short, or another version wrote, are passed over. */
async function eventsOf(path: string) {
  if (!existsSync(path)) return [];
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    try {
      const parsed = eventLineSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** The scores that tables of runs show: those of single classes, `iou/cell`, are left out. */
export function overallScores(metrics: RunOverview['metrics']): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.includes('/')));
}
