import { join, resolve } from 'node:path';

import { ConfigError, type App, type ConfigInput } from '@segkit/core';
import type { Command } from 'commander';

import { followRun, reportRun } from './follow-run.js';
import { configArgument } from './load-config.js';
import { applyOverrides, expectData, openConfig } from './open-config.js';
import { withRecordedApp } from './open-recorded-run.js';
import { addConfigOptions, parseCount, parseDuration, type ConfigOptions } from './options.js';
import { parseOverride } from './set-path.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface TrainOptions extends ConfigOptions {
  readonly out: string;
  readonly name?: string;
  readonly seed?: number;
  readonly quiet?: true;
  readonly json?: true;
  readonly resume?: string;
  /** Seconds. */
  readonly maxTime?: number;
}

const help = `
The run's folder is <out>/<name>, or <out>/<name>-2 and so on if that exists.
Ctrl-C stops after the current step and keeps the run; a second Ctrl-C quits at
once. --resume goes on with a run that was stopped, killed or cut off, from its
newest whole checkpoint; the weights become, bit for bit, those of a run that was
never interrupted. Checkpoints are saved after validations and at the end; for
long epochs also every so many steps: --set callbacks.0.every=500.

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
  const opened = await openConfig(path, options, terminalLogger(terminal));
  const { app, baseFolder, file } = opened;
  expectData(opened);
  const { name = opened.config.name ?? 'run', seed } = options;
  const named = { ...opened.config, name, ...(seed === undefined ? {} : { seed }) };
  const config = options.quiet === true ? named : withProgress(app, named);
  const folder = join(resolve(options.out), name);
  const place = { folder, baseFolder, ...(file === null ? {} : { configFile: file }) };
  const start = (signal: AbortSignal): ReturnType<App['fit']> =>
    app.fit(config, { ...place, signal });
  const isImageTask = (): boolean => makesImages(app, config);
  reportRun(await followRun(start, isImageTask, options, terminal), options, terminal);
}

async function resume(
  run: string,
  config: string | undefined,
  options: TrainOptions,
  terminal: Terminal,
): Promise<void> {
  expectNoneOf({ config, '--seed': options.seed, '--name': options.name });
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
