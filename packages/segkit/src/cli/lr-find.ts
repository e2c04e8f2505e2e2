import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { ConfigError, type LearningRateSearch } from '@segkit/core';
import { writeLinePlot } from '@segkit/data';
import { InvalidArgumentError, type Command } from 'commander';

import { interrupted } from './exit-code.js';
import { toJson } from './format.js';
import { configArgument } from './load-config.js';
import { expectData, openConfig } from './open-config.js';
import { addConfigOptions, parseCount, type ConfigOptions } from './options.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface LrFindOptions extends ConfigOptions {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly out: string;
  readonly json?: true;
}

const help = `
Trains from the first weights while the rate rises from step to step, until the
loss diverges. The suggestion is where the loss falls steepest; the plot tells
whether to believe it. No run is left behind.

Example:
  $ segkit lr-find segkit.config.ts
  $ segkit lr-find segkit.config.ts --from 1e-6 --to 1 --steps 200 --out rates`;

/** Adds `segkit lr-find`. */
export function addLrFindCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('lr-find')
    .description('Find a learning rate for a config by a range test.')
    .argument('<config>', configArgument)
    .option('--from <rate>', 'the first rate', parseRate, 1e-7)
    .option('--to <rate>', 'the last rate', parseRate, 10)
    .option('--steps <integer>', 'steps between them', parseCount, 100)
    .option('--out <path>', 'where to write <path>.csv and <path>.png', 'lr-find')
    .option('--json', 'print the outcome as one JSON object');
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((config: string, options: LrFindOptions) => findRate(config, options, terminal));
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (Number.isFinite(rate) && rate > 0) return rate;
  throw new InvalidArgumentError('Expected a number above 0, such as 1e-6.');
}

async function findRate(path: string, options: LrFindOptions, terminal: Terminal): Promise<void> {
  const { from, to, steps } = options;
  if (from >= to || steps < 20) {
    throw new ConfigError('lr-find: expected --from below --to, and at least 20 --steps.');
  }
  const opened = await openConfig(path, options, terminalLogger(terminal));
  expectData(opened);
  const abort = new AbortController();
  terminal.onInterrupt(() => {
    if (abort.signal.aborted) terminal.exit(130);
    abort.abort();
  });
  const { app, config, baseFolder } = opened;
  const { signal } = abort;
  const found = await app.findLearningRate(config, { from, to, steps, baseFolder, signal });
  if (signal.aborted) throw interrupted('Stopped by Ctrl-C.');
  const out = resolve(options.out);
  await writeFile(`${out}.csv`, csvOf(found));
  await plot(`${out}.png`, found);
  if (options.json === true) {
    terminal.writeOut(toJson({ ...found, csv: `${out}.csv`, plot: `${out}.png` }));
    return;
  }
  terminal.writeOut(`${describe(found)}\nCurve: ${options.out}.csv, ${options.out}.png\n`);
}

function csvOf({ points }: LearningRateSearch): string {
  const rows = points.map(({ learningRate, loss, smoothed }) =>
    [learningRate, loss, smoothed].map(String).join(','),
  );
  return `${['learningRate,loss,smoothed', ...rows].join('\n')}\n`;
}

async function plot(path: string, { points, suggestion }: LearningRateSearch): Promise<void> {
  const lineOf = (key: 'loss' | 'smoothed') =>
    points.map(({ learningRate, [key]: y }) => ({ x: learningRate, y }));
  await writeLinePlot(path, {
    title: 'Loss while the learning rate rises',
    xLabel: 'learning rate',
    yLabel: 'loss',
    lines: [
      { points: lineOf('loss'), color: '#bbb', width: 1 },
      { points: lineOf('smoothed'), color: '#06c' },
    ],
    ...(suggestion !== null && {
      mark: { x: suggestion, label: `suggestion ${suggestion.toExponential(1)}` },
    }),
  });
}

function describe({ points, suggestion }: LearningRateSearch): string {
  const best = points.reduce<(typeof points)[number] | undefined>(
    (least, point) => (least === undefined || point.smoothed < least.smoothed ? point : least),
    undefined,
  );
  const lowest =
    best === undefined ? '' : `; the loss was lowest at ${best.learningRate.toExponential(1)}`;
  return suggestion === null
    ? `No suggestion: the loss never fell steadily in ${String(points.length)} steps${lowest}. Try other rates with --from and --to, or more --steps.`
    : `Suggested learning rate: ${suggestion.toExponential(1)} (steepest descent${lowest})\n` +
        `Use it: --set optimizer.learningRate=${suggestion.toExponential(1)}`;
}
