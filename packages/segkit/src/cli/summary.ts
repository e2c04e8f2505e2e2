import { ConfigError, type Size, type Summary } from '@segkit/core';
import { InvalidArgumentError, Option, type Command } from 'commander';

import { declaredChannels } from './declared-channels.js';
import { formatCount, formatTable, toJson } from './format.js';
import { openConfig } from './open-config.js';
import { addConfigOptions, parseCount, type ConfigOptions } from './options.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface SummaryCommandOptions extends ConfigOptions {
  readonly size: Size;
  readonly channels?: number;
  readonly json?: true;
}

const help = `
Example:
  $ segkit summary segkit.config.ts --size 512x512 --set model.backbone=resnet34`;

/** Adds `segkit summary`. */
export function addSummaryCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('summary')
    .description(
      "Show the layers, output shapes, parameters and multiply-accumulates of a config's network.",
    )
    .argument('<config>', 'config file: .ts, .js, .mjs, .json, .yaml or .yml')
    .addOption(
      new Option('--size <HxW>', 'height and width of the image')
        .argParser(parseSize)
        .default({ height: 256, width: 256 }, '256x256'),
    )
    .option(
      '--channels <integer>',
      'channels of the image; default: what data.train declares, or 3',
      parseCount,
    )
    .option('--json', 'print one JSON object');
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((config: string, options: SummaryCommandOptions) =>
      summarize(config, options, terminal),
    );
}

function parseSize(text: string): Size {
  const [, height, width] = /^([1-9]\d*)x([1-9]\d*)$/.exec(text) ?? [];
  if (height === undefined || width === undefined) {
    throw new InvalidArgumentError('Expected height and width, as in 512x512.');
  }
  return { height: Number(height), width: Number(width) };
}

async function summarize(
  path: string,
  options: SummaryCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const { app, config, baseFolder } = await openConfig(path, options, terminalLogger(terminal));
  const channels = options.channels ?? declaredChannels(app, config, baseFolder);
  if (channels === 0) throw new ConfigError('--channels: expected at least 1, received 0.');
  const summary = await app.summarize(config, { ...options.size, channels });
  terminal.writeOut(options.json === true ? toJson(summary) : formatSummary(summary));
}

function formatSummary({ inputShape, outputShape, layers, parameters, macs }: Summary): string {
  const rows = layers.map((layer) => [
    layer.name,
    layer.type,
    layer.outputShape.join('x'),
    formatCount(layer.parameters),
    formatCount(layer.macs),
  ]);
  const table = formatTable(['layer', 'type', 'output', 'parameters', 'MACs'], rows, [
    'layer',
    'type',
  ]);
  return [
    table,
    `input       ${inputShape.join('x')} (batch x height x width x channels)`,
    `output      ${outputShape.join('x')}`,
    `parameters  ${formatCount(parameters)}`,
    `MACs        ${formatCount(macs)}`,
    '',
  ].join('\n');
}
