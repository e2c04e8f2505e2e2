import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { CheckpointError, messageOf } from '@segkit/core';
import type { Command } from 'commander';

import { formatScore, formatTable, toJson } from './format.js';
import { overallScores, readOverview, type RunOverview } from './read-overview.js';
import type { Terminal } from './terminal.js';

const help = `
A run that has no end was killed, or trains at this moment; --resume goes on with
it. Scores are those of the last validation.

Example:
  $ segkit runs
  $ segkit runs experiments --json`;

/** Adds `segkit runs`. */
export function addRunsCommand(program: Command, terminal: Terminal): void {
  program
    .command('runs')
    .description('List the runs of a folder, the newest first.')
    .argument('[folder]', 'folder of the runs', 'runs')
    .option('--json', 'print one JSON array')
    .addHelpText('after', help)
    .action((folder: string, options: { readonly json?: true }) =>
      listRuns(folder, options, terminal),
    );
}

async function listRuns(
  folder: string,
  { json }: { readonly json?: true },
  terminal: Terminal,
): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new CheckpointError(
      `${folder}: cannot be read (${messageOf(error)}); give the folder that holds the runs.`,
      { cause: error },
    );
  });
  const folders = names
    .map((name) => join(folder, name))
    // A folder of this ending is being made.
    .filter((path) => !path.endsWith('.new') && existsSync(join(path, 'run.json')));
  const runs: RunOverview[] = [];
  for (const path of folders) {
    try {
      runs.push(await readOverview(path));
    } catch (error) {
      // One damaged run must not hide the others.
      terminal.writeErr(`warning: ${messageOf(error)}\n`);
    }
  }
  runs.sort((a, b) => b.record.createdAt.localeCompare(a.record.createdAt));
  if (json === true) {
    terminal.writeOut(toJson(runs.map(describe)));
    return;
  }
  const rows = runs.map((run) => [
    run.name,
    run.record.createdAt.slice(0, 16).replace('T', ' '),
    run.record.engine,
    String(run.step),
    scoreOf(run),
    run.ended ?? 'no end',
  ]);
  const head = ['run', 'begun', 'engine', 'steps', 'score', 'ended'];
  terminal.writeOut(
    runs.length === 0
      ? `${folder}: holds no runs.\n`
      : `${formatTable(head, rows, ['run', 'begun', 'engine', 'ended'])}\n`,
  );
}

/** What `--json` tells of a run. */
export function describe({ record, config, ...run }: RunOverview): object {
  const { seed } = config as { readonly seed?: number };
  return { ...run, seed: seed ?? null, ...record };
}

function scoreOf({ metrics }: RunOverview): string {
  const scores = overallScores(metrics);
  const name = ['meanIoU', 'psnr', 'loss'].find((known) => known in scores);
  return name === undefined ? '-' : `${name} ${formatScore(scores[name] ?? Number.NaN)}`;
}
