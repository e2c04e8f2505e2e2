import { join, resolve } from 'node:path';

import { ConfigError, type App, type ConfigInput } from '@segkit/core';
import type { Command } from 'commander';

import { followRun, reportRun, type Outcome } from './follow-run.js';
import { configArgument } from './load-config.js';
import { applyOverrides, expectData, openConfig, type OpenedConfig } from './open-config.js';
import { withRecordedApp } from './open-recorded-run.js';
import {
  addConfigOptions,
  parseCount,
  parseCounts,
  parseDuration,
  parseFold,
  parseFolds,
  type ConfigOptions,
} from './options.js';
import { parseOverride } from './set-path.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';
import { runSweep, sweepMembers, withFold, type SweepOptions } from './train-sweep.js';

interface TrainOptions extends ConfigOptions, SweepOptions {
  readonly out: string;
  readonly name?: string;
  readonly seed?: number;
  readonly quiet?: true;
  readonly json?: true;
  readonly resume?: string;
  /** Seconds. */
  readonly maxTime?: number;
  readonly fold?: { readonly index: number; readonly of: number };
}

const help = `
The run's folder is <out>/<name>, or <out>/<name>-2 and so on if that exists.
Ctrl-C stops after the current step and keeps the run; a second Ctrl-C quits at
once. --resume goes on with a run that was stopped, killed or cut off, from its
newest whole checkpoint; the weights become, bit for bit, those of a run that was
never interrupted. Checkpoints are saved after validations and at the end; for
long epochs also every so many steps: --set callbacks.0.every=500.

--folds 5 is a cross-validation on data.train: five runs, each validated on another
fifth of its images; --seeds 0,1,2 repeats the run. Both end with a table of the last
validations, their mean and standard deviation. --max-time is each run's own.

Example:
  $ segkit train segkit.config.ts --set train.steps=40 --set optimizer.learningRate=1e-4
  $ segkit train --resume runs/my-run
  $ segkit train preset:unet-bn --set data.train.name=image-folder --set data.train.root=cells`;

/** Adds `segkit train`. */
export function addTrainCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('train')
    .description('Train the network of a config.')
    .argument('[config]', `${configArgument}; none with --resume`)
    .option('--resume <run>', 'go on with an interrupted run, from its newest checkpoint')
    .option(
      '--max-time <duration>',
      'stop after e.g. 90s, 45m, 2h or 1h30m; resumable',
      parseDuration,
    )
    .option('--out <folder>', 'folder of the runs', 'runs')
    .option('--name <name>', "name of the run; default: the config's name, or its folder's")
    .option('--seed <integer>', "seed of every random stream; default: the config's", parseCount)
    .option('--fold <k/n>', 'train on all but the k-th of n parts of data.train', parseFold)
    .option('--folds <n>', 'train once for each of n parts', parseFolds)
    .option('--seeds <integers>', 'train once for each seed, e.g. 0,1,2', parseCounts)
    .option('--quiet', 'show no progress')
    .option('--json', 'print the outcome as one JSON object');
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((config: string | undefined, options: TrainOptions) => {
      if (options.resume !== undefined) return resume(options.resume, config, options, terminal);
      if (config !== undefined) return train(config, options, terminal);
      return command.error("error: missing required argument 'config', or --resume <run>");
    });
}

async function train(path: string, options: TrainOptions, terminal: Terminal): Promise<void> {
  expectOneOf({ '--fold': options.fold, '--folds': options.folds });
  expectOneOf({ '--seed': options.seed, '--seeds': options.seeds });
  const opened = await openConfig(path, options, terminalLogger(terminal));
  expectData(opened);
  const { name = opened.config.name ?? 'run', seed, fold } = options;
  const seeded = { ...opened.config, name, ...(seed === undefined ? {} : { seed }) };
  const named = fold === undefined ? seeded : withFold(seeded, fold);
  const members = sweepMembers(named, options);
  const runOne = (config: ConfigInput): Promise<Outcome> =>
    trainOne(opened, config, options, terminal);
  if (members.length === 0) {
    reportRun(await runOne(named), options, terminal);
    return;
  }
  await runSweep(
    members,
    ({ label, config }) => runOne({ ...config, name: `${name}-${label}` }),
    options.json === true,
    terminal,
  );
}

/** Trains one config to its end, in a folder of its name. */
function trainOne(
  { app, baseFolder, file }: OpenedConfig,
  named: ConfigInput,
  options: TrainOptions,
  terminal: Terminal,
): Promise<Outcome> {
  const config = options.quiet === true ? named : withProgress(app, named);
  const folder = join(resolve(options.out), named.name ?? 'run');
  const place = { folder, baseFolder, ...(file === null ? {} : { configFile: file }) };
  return followRun(
    (signal) => app.fit(config, { ...place, signal }),
    () => makesImages(app, config),
    options,
    terminal,
  );
}

function expectOneOf(given: Readonly<Record<string, unknown>>): void {
  const found = Object.keys(given).filter((name) => given[name] !== undefined);
  if (found.length > 1) throw new ConfigError(`train: give either ${found.join(' or ')}.`);
}

async function resume(
  run: string,
  config: string | undefined,
  options: TrainOptions,
  terminal: Terminal,
): Promise<void> {
  const { seed, name, fold, folds, seeds } = options;
  expectNoneOf({
    config,
    '--seed': seed,
    '--name': name,
    '--fold': fold,
    '--folds': folds,
    '--seeds': seeds,
  });
  const folder = resolve(run);
  const overrides = options.set.map(parseOverride);
  await withRecordedApp(folder, options.plugin, terminalLogger(terminal), async (app) => {
    let isImageTask = false;
    const edit = (stored: unknown): ConfigInput => {
      const changed = applyOverrides(app, stored as ConfigInput, overrides);
      isImageTask = makesImages(app, changed);
      return options.quiet === true ? withoutProgress(changed) : withProgress(app, changed);
    };
    const start = (signal: AbortSignal): ReturnType<App['fit']> =>
      app.resume(folder, { edit, signal });
    reportRun(await followRun(start, () => isImageTask, options, terminal), options, terminal);
  });
}

/** A resumed run has these already. */
function expectNoneOf(given: Readonly<Record<string, unknown>>): void {
  const [found] = Object.entries(given).filter(([, value]) => value !== undefined);
  if (found === undefined) return;
  throw new ConfigError(
    `train --resume: the run has its own ${found[0]}; leave it out, or change the run's config with --set.`,
  );
}

/** Adds the callback `progress`, unless the config has it already. */
function withProgress(app: App, config: ConfigInput): ConfigInput {
  const { callbacks } = app.parseConfig(config);
  if (callbacks.some(({ name }) => name === 'progress')) return config;
  return { ...config, callbacks: [...(callbacks as readonly never[]), 'progress'] };
}

function withoutProgress(config: ConfigInput): ConfigInput {
  const callbacks = (config.callbacks ?? []).filter(
    (spec) => (typeof spec === 'string' ? spec : spec.name) !== 'progress',
  );
  return { ...config, callbacks };
}

function makesImages(app: App, config: ConfigInput): boolean {
  const { loss, data } = app.parseConfig(config);
  const { activation } = app.registry.create('loss', loss, data, { path: 'loss' });
  return activation === 'none';
}
