import { join, relative } from 'node:path';

import { ConfigError } from '@segkit/core';
import { downloadPublicSet, publicSets, type DownloadedSet, type PublicSet } from '@segkit/data';
import type { Command } from 'commander';

import { formatCount, formatTable, toJson } from './format.js';
import { progressBar } from './progress-bar.js';
import { addShardCommand } from './shard.js';
import type { Terminal } from './terminal.js';

interface DownloadOptions {
  readonly to?: string;
  readonly json?: true;
}

const help = `
What was received is kept and continued after a cut, checked against the
published SHA-256, and unpacked below the folder and nowhere else. Where no
checksum is published, the first download is trusted and its SHA-256 noted;
later ones must have the same. Archives lie in ~/.cache/segkit/data
(SEGKIT_CACHE) until they are unpacked. segkit.config.json in the folder has the
data section of a config for it.

Example:
  $ segkit data list
  $ segkit data download camvid --to data/camvid`;

/** Adds `segkit data list` and `segkit data download`. */
export function addDataCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('data')
    .description('List and download public data sets, and write data as tar shards.')
    // What follows a command is for that command.
    .enablePositionalOptions()
    .addHelpText('after', help);
  command
    .command('list')
    .description('List the public data sets that can be downloaded.')
    .option('--json', 'print an array of JSON objects')
    .action(({ json }: { readonly json?: true }) => {
      terminal.writeOut(json === true ? toJson(publicSets) : formatSets(publicSets));
    });
  command
    .command('download')
    .description('Download a public data set, check it and unpack it.')
    .argument('<name>', 'as segkit data list names it')
    .option('--to <folder>', 'new or empty folder; default: data/<name>')
    .option('--json', 'print one JSON object')
    .addHelpText('after', help)
    .action((name: string, options: DownloadOptions) => download(name, options, terminal));
  addShardCommand(command, terminal);
}

async function download(name: string, options: DownloadOptions, terminal: Terminal): Promise<void> {
  const set = publicSets.find((known) => known.name === name);
  if (set === undefined) {
    const names = publicSets.map((known) => known.name).join(', ');
    throw new ConfigError(`data download: expected one of ${names}, received "${name}".`);
  }
  const quiet = options.json === true;
  const bar = progressBar(quiet ? { progress: null } : terminal, name, 'MB');
  try {
    const downloaded = await downloadPublicSet(set, options.to ?? join('data', name), {
      onMessage: (message) => {
        bar.stop();
        terminal.writeErr(`${message}\n`);
      },
      onProgress: (received, total = received) => {
        bar.update(Math.floor(received / 1e6), Math.ceil(total / 1e6));
      },
    });
    bar.stop();
    terminal.writeOut(quiet ? toJson(downloaded) : formatDownload(set, downloaded));
  } finally {
    bar.stop();
  }
}

/** Bytes as megabytes. */
function megabytes(bytes: number): string {
  return `${formatCount(Math.ceil(bytes / 1e6))} MB`;
}

function formatSets(sets: readonly PublicSet[]): string {
  const rows = sets.map(({ name, archives, description }) => {
    const known = archives.flatMap(({ bytes }) => (bytes === null ? [] : [bytes]));
    const size = known.length === archives.length ? megabytes(sum(known)) : '-';
    const checked = archives.every(({ sha256 }) => sha256 !== null);
    return [name, size, checked ? 'published' : 'first download', description];
  });
  const head = ['name', 'download', 'SHA-256', 'what'];
  const terms = sets.map(({ name, licence, page }) => `${name}: ${licence}; ${page}`);
  return `${formatTable(head, rows, ['name', 'SHA-256', 'what'])}\n${terms.join('\n')}\n`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function formatDownload({ licence, page }: PublicSet, downloaded: DownloadedSet): string {
  const { folder, files, bytes, config } = downloaded;
  const shown = relative(process.cwd(), folder);
  const path = shown.startsWith('..') ? folder : shown;
  const lines = [
    `${path}: ${formatCount(files)} files, ${megabytes(bytes)}`,
    `Terms: ${licence}; ${page}`,
    'Next:',
    `  segkit audit ${join(path, config)}`,
  ];
  return `${lines.join('\n')}\n`;
}
