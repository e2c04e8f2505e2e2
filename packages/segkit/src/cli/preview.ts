import { previewSamples, type Config } from '@segkit/core';
import { writePng } from '@segkit/data';
import type { Command } from 'commander';

import { configArgument } from './load-config.js';
import { expectData, openConfig } from './open-config.js';
import { addConfigOptions, parseCount, parsePositive, type ConfigOptions } from './options.js';
import { drawPreview } from './preview-sheet.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface PreviewCommandOptions extends ConfigOptions {
  readonly out: string;
  readonly count: number;
  readonly draws: number;
  readonly seed?: number;
}

const help = `
A row of the sheet is a sample: as it is, then as training sees it in the first
epochs. Each time the image (normalisation undone), the labels over it (ignored
pixels gray) and, if the loss makes one, the weight map; or the target image.

Example:
  $ segkit preview segkit.config.ts --set transforms.train='["flip","elastic"]'
  $ segkit preview preset:d-linknet34 --set data.train.name=image-folder --set data.train.root=roads`;

/** Adds `segkit preview`. */
export function addPreviewCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('preview')
    .description('Draw samples as training sees them: augmented, with labels and weights.')
    .argument('<config>', configArgument)
    .option('--out <file>', 'the sheet, a PNG', 'sheet.png')
    .option('--count <integer>', 'samples: rows of the sheet', parsePositive, 8)
    .option('--draws <integer>', 'how often each is augmented', parsePositive, 4)
    .option('--seed <integer>', "seed of every random stream; default: the config's", parseCount);
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((config: string, options: PreviewCommandOptions) => preview(config, options, terminal));
}

async function preview(
  path: string,
  options: PreviewCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const opened = await openConfig(path, options, terminalLogger(terminal));
  expectData(opened);
  const { app, baseFolder } = opened;
  const { count, draws, seed, out } = options;
  const parsed = app.parseConfig(opened.config);
  const config: Config = seed === undefined ? parsed : { ...parsed, seed };
  const samples = await previewSamples(app.registry, config, { count, draws, baseFolder });
  await writePng(out, drawPreview(samples, config));
  const times = (number: number, name: string): string =>
    `${String(number)} ${name}${number === 1 ? '' : 's'}`;
  terminal.writeOut(
    `${out}: ${times(samples.length, 'sample')}, ${times(draws, 'draw')} of each (seed ${String(config.seed)})\n`,
  );
}
