import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

import { createApp, firstParty, SegkitError, silentLogger, type TrainingEvent } from 'segkit';

/** Steps of a run. */
export const steps = 4;

/** Writes everything that a run can write, in a fraction of a second. */
export const config = {
  engine: 'cpu',
  data: {
    labels: { classes: ['background', 'cell'] },
    train: { name: 'synthetic-cells', count: 3, size: 16, cells: [1, 2], seed: 1 },
    validation: { name: 'synthetic-cells', count: 1, size: 16, cells: [1, 2], seed: 2 },
  },
  transforms: { train: ['flip'] },
  model: {
    backbone: { name: 'cbr', width: 2, depth: 1, dropout: 0.5 },
    center: 'cbr',
    decoder: 'unet',
  },
  loss: 'ce',
  schedule: 'plateau',
  train: { steps, batchSize: 2, validateEvery: 2, ema: { decay: 0.9 } },
  loader: { workers: 0 },
  callbacks: [
    { name: 'checkpoint', every: 1 },
    'jsonl-log',
    'csv-log',
    { name: 'tensorboard', images: 1 },
    { name: 'image-sheet', samples: 1 },
  ],
} as const;

/** How a run ended. */
export interface Ending {
  /** What it threw. */
  readonly error: unknown;
  readonly events: readonly TrainingEvent[];
}

/** A change of `train` in the config. */
export type TrainChange = Readonly<Record<string, unknown>>;

/**
 * Trains in a folder: a new run, or, if it is one already, the rest of it.
 * @param stopAt - The step after which it is interrupted.
 */
export async function train(
  folder: string,
  {
    stopAt,
    change = {},
    onEvent,
  }: {
    readonly stopAt?: number;
    readonly change?: TrainChange;
    readonly onEvent?: (event: TrainingEvent) => void;
  } = {},
): Promise<Ending> {
  const app = createApp({ plugins: firstParty, logger: silentLogger });
  const { signal, abort } = interruption();
  const changed = { ...config, train: { ...config.train, ...change } };
  const run = existsSync(folder)
    ? app.resume(folder, { signal })
    : app.fit(changed, { folder, signal });
  const events: TrainingEvent[] = [];
  try {
    await run.forEach((event) => {
      events.push(event);
      onEvent?.(event);
      if (event.type === 'step' && event.step === stopAt) abort();
    });
    return { error: undefined, events };
  } catch (error) {
    return { error, events };
  }
}

function interruption(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: () => {
      controller.abort();
    },
  };
}

/** Whether a run ended as one may: done, or with an error that says what is wrong. */
export function isClear({ error }: Ending): boolean {
  return error === undefined || (error instanceof SegkitError && error.message.length > 20);
}

interface CheckpointRecord {
  readonly state: {
    readonly files: Readonly<Record<string, { readonly sha256: string }>>;
  };
}

/** Checksums of the weights and the optimiser's state after the last step. */
export function endOf(folder: string): string {
  const record = join(folder, 'checkpoints', `step-${String(steps)}.json`);
  const { state } = JSON.parse(readFileSync(record, 'utf8')) as CheckpointRecord;
  return Object.values(state.files)
    .map(({ sha256 }) => sha256)
    .join(' ');
}

/** Lets locks seem to be of a process that is gone. */
export function forgetProcess(parent: string): void {
  const locks = readdirSync(parent, { recursive: true, encoding: 'utf8' }).filter(
    (name) => basename(name) === 'run.lock',
  );
  for (const lock of locks) {
    // No system gives numbers as large.
    writeFileSync(join(parent, lock), JSON.stringify({ pid: 2 ** 30, host: hostname() }));
  }
}

/** What is wrong in the folders of a run that is over: files that were left behind, logs that cannot be read. */
export function faultsIn(parent: string, folder: string): readonly string[] {
  const leftovers = readdirSync(parent, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(tmp|new|stale)$|run\.lock/.test(name),
  );
  const log = join(folder, 'events.jsonl');
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  const broken = lines.filter((line) => line !== '' && !isJson(line));
  const table = join(folder, 'steps.csv');
  const rows = existsSync(table) ? readFileSync(table, 'utf8').split('\n').slice(0, -1) : [];
  const odd = rows.filter((row) => row.split(',').length !== rows[0]?.split(',').length);
  return [...leftovers, ...broken, ...odd];
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
