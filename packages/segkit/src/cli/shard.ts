import { join } from 'node:path';

import { writeShards, type SplitName, type WrittenShards } from '@segkit/data';
import type { Command } from 'commander';

import { formatCount, toJson } from './format.js';
import { configArgument } from './load-config.js';
import { expectData, openConfig } from './open-config.js';
import { openSplits } from './open-splits.js';
import { addConfigOptions, parseCount, parseSplits, type ConfigOptions } from './options.js';
import { progressBar } from './progress-bar.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface ShardOptions extends ConfigOptions {
  readonly to: string;
  readonly split?: readonly SplitName[];
  readonly megabytes: number;
  readonly json?: true;
}

const help = `
Images keep their files where these give the same pixels, and become PNGs
otherwise; masks become PNGs of the classes' ids, or of object ids. Other tools
read the tars as WebDataset. segkit.config.json in the folder has the data
section of a config for them.

Example:
  $ segkit data shard segkit.config.ts --to shards`;

/** Adds `segkit data shard`. */
export function addShardCommand(data: Command, terminal: Terminal): void {
  const command = data
    .command('shard')
    .description("Write a config's data as tar shards, for sets of very many files.")
    .argument('<config>', configArgument)
    .requiredOption('--to <folder>', 'new or empty folder')
    .option('--split <names>', 'splits to write, e.g. train,validation; default: all', parseSplits)
    .option('--megabytes <integer>', 'length of a tar, about', parseCount, 256)
    .option('--json', 'print one JSON object');
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((config: string, options: ShardOptions) => shard(config, options, terminal));
}

async function shard(path: string, options: ShardOptions, terminal: Terminal): Promise<void> {
  const { to, split, megabytes, json } = options;
  const opened = await openConfig(path, options, terminalLogger(terminal));
  expectData(opened);
  const { labels, splits } = openSplits(opened, split);
  const bar = progressBar(json === true ? { progress: null } : terminal, 'writing', 'images');
  try {
    const settings = { bytes: megabytes * 2 ** 20, onProgress: bar.update };
    const written = await writeShards(splits, labels, to, settings);
    bar.stop();
    terminal.writeOut(json === true ? toJson(written) : formatWritten(written, to));
  } finally {
    bar.stop();
  }
}

function formatWritten({ splits, config }: WrittenShards, to: string): string {
  const lines = splits.map(
    ({ name, samples, shards }) =>
      `${name}: ${formatCount(samples)} images in ${formatCount(shards)} tar files`,
  );
  return `${[...lines, `Config: ${join(to, config)}`].join('\n')}\n`;
}
