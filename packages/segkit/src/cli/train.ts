import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import type { App, ConfigInput, FitOptions, RunEnd, TrainingEvent, Validation } from '@segkit/core';
import type { Command } from 'commander';

import { interrupted } from './exit-code.js';
import { formatScores, toJson } from './format.js';
import { configArgument } from './load-config.js';
import { expectData, openConfig } from './open-config.js';
import { addConfigOptions, parseCount, type ConfigOptions } from './options.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface TrainOptions extends ConfigOptions {
  readonly out: string;
  readonly name?: string;
  readonly seed?: number;
  readonly quiet?: true;
  readonly json?: true;
}

/** What is left of a run's events when it is over. */
interface Outcome {
  /** Whether the network makes images instead of classes, which have no overlay. */
  readonly makesImages: boolean;
  folder: string | null;
  validation: Validation | undefined;
  end: RunEnd | undefined;
}

const help = `
The run's folder is <out>/<name>, or <out>/<name>-2 and so on if that exists.
Ctrl-C stops after the current step and keeps the run; a second Ctrl-C quits at
once.

Example:
  $ segkit train segkit.config.ts --set train.steps=40 --set optimizer.learningRate=1e-4
  $ segkit train preset:unet-bn --set data.train.name=image-folder --set data.train.root=cells`;

/** Adds `segkit train`. */
export function addTrainCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('train')
    .description('Train the network of a config.')
    .argument('<config>', configArgument)
    .option('--out <folder>', 'folder of the runs', 'runs')
    .option('--name <name>', "name of the run; default: the config's name, or its folder's")
    .option('--seed <integer>', "seed of every random stream; default: the config's", parseCount)
    .option('--quiet', 'show no progress')
    .option('--json', 'print the outcome as one JSON object');
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((config: string, options: TrainOptions) => train(config, options, terminal));
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
  report(await follow(app, config, place, terminal), options, terminal);
}

/** Adds the callback `progress`, unless the config has it already. */
function withProgress(app: App, config: ConfigInput): ConfigInput {
  const { callbacks } = app.parseConfig(config);
  if (callbacks.some(({ name }) => name === 'progress')) return config;
  return { ...config, callbacks: [...(callbacks as readonly never[]), 'progress'] };
}

function makesImages(app: App, config: ConfigInput): boolean {
  const { loss, data } = app.parseConfig(config);
  const { activation } = app.registry.create('loss', loss, data, { path: 'loss' });
  return activation === 'none';
}

/** Runs to the end, or until Ctrl-C. */
async function follow(
  app: App,
  config: ConfigInput,
  place: FitOptions,
  terminal: Terminal,
): Promise<Outcome> {
  const outcome: Outcome = {
    makesImages: makesImages(app, config),
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
  terminal.onInterrupt(() => {
    if (controller.signal.aborted) {
      terminal.exit(130);
      return;
    }
    terminal.writeErr('\nStopping after this step; press Ctrl-C again to quit at once.\n');
    controller.abort();
  });
  await app.fit(config, { ...place, signal: controller.signal }).forEach(remember);
  if (controller.signal.aborted) {
    throw interrupted(`Stopped by Ctrl-C.\n${describeRun(outcome)}`);
  }
  return outcome;
}

function report(outcome: Outcome, { json }: TrainOptions, terminal: Terminal): void {
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
    existsSync(join(folder, 'checkpoints', `${name}.safetensors`)),
  );
  if (!kept) return `Run: ${place} (without checkpoints)`;
  return [
    `Run: ${place}`,
    'Next:',
    `  segkit evaluate ${place}`,
    `  segkit predict ${place} <image|folder> --out predictions${makesImages ? '' : ' --overlay'}`,
  ].join('\n');
}
