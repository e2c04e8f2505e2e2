import { formatSize, type Size, type Summary } from '@segkit/core';
import { InvalidArgumentError, Option, type Command } from 'commander';

import { imageChannels } from './image-channels.js';
import { formatCount, formatTable, toJson } from './format.js';
import { configArgument } from './load-config.js';
import { openConfig } from './open-config.js';
import { addConfigOptions, channelsOption, type ConfigOptions } from './options.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface SummaryCommandOptions extends ConfigOptions {
  readonly size?: Size;
  readonly channels?: number;
  readonly json?: true;
}

const help = `
Example:
  $ segkit summary segkit.config.ts --size 512x512 --set model.backbone=resnet34
  $ segkit summary preset:unet-2015`;

/** Adds `segkit summary`. */
export function addSummaryCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('summary')
    .description(
      "Show the layers, output shapes, parameters and multiply-accumulates of a config's network.",
    )
    .argument('<config>', configArgument)
    .addOption(
      new Option(
        '--size <HxW>',
        "height and width of the image; default: the preset's, or 256x256",
      ).argParser(parseSize),
    )
    .addOption(channelsOption())
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
  const opened = await openConfig(path, options, terminalLogger(terminal));
  const { app, config, preset } = opened;
  const size = options.size ?? preset?.size ?? { height: 256, width: 256 };
  const channels = imageChannels(opened, options.channels);
  const summary = await app.summarize(config, { ...size, channels });
  terminal.writeOut(options.json === true ? toJson(summary) : formatSummary(summary));
}

function formatSummary(summary: Summary): string {
  const { inputShape, outputShape, layers, parameters, macs, receptiveField } = summary;
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
    `input            ${inputShape.join('x')} (batch x height x width x channels)`,
    `output           ${outputShape.join('x')}`,
    `parameters       ${formatCount(parameters)}`,
    `MACs             ${formatCount(macs)}`,
    `receptive field  ${formatSize(receptiveField)} pixels of the image, away from its borders`,
    '',
  ].join('\n');
}
