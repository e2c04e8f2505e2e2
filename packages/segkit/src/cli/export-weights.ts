import { statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import {
  CheckpointError,
  readRunWeights,
  readWeights,
  writeTensors,
  type NamedArrays,
} from '@segkit/core';
import type { Command } from 'commander';

import { formatCount, toJson } from './format.js';
import type { Terminal } from './terminal.js';

interface ExportOptions {
  readonly out: string;
  readonly checkpoint?: string;
  readonly prefix?: string;
  readonly json?: true;
}

const help = `
Names and layout are PyTorch's, values float32:
  safetensors.torch.load_file(file), or model.load_state_dict of it.

Example:
  $ segkit export-weights runs/my-run --out weights.safetensors
  $ segkit export-weights runs/my-run --prefix backbone. --out resnet18.safetensors
  $ segkit export-weights model.pth --out model.safetensors`;

/** Adds `segkit export-weights`. */
export function addExportWeightsCommand(program: Command, terminal: Terminal): void {
  program
    .command('export-weights')
    .description("Write a run's weights, or those of another file, as safetensors for PyTorch.")
    .argument('<source>', 'folder of a run, or a file of weights')
    .requiredOption('--out <file>', 'the .safetensors file')
    .option('--checkpoint <name>', 'checkpoint to take; default: "best" if there is one, or "last"')
    .option('--prefix <text>', 'take only names that start so, without that start')
    .option('--json', 'print one JSON object')
    .addHelpText('after', help)
    .action((source: string, options: ExportOptions) => exportWeights(source, options, terminal));
}

async function exportWeights(
  source: string,
  { out, checkpoint, prefix = '', json }: ExportOptions,
  terminal: Terminal,
): Promise<void> {
  const isRun = statSync(source, { throwIfNoEntry: false })?.isDirectory() === true;
  const all = isRun
    ? (await readRunWeights(source, checkpoint)).weights
    : await readWeights(source);
  const weights = cut(all, prefix, source);
  await mkdir(dirname(out), { recursive: true });
  await writeTensors(out, weights, { format: 'pt' });
  const values = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const arrays = weights.size;
  terminal.writeOut(
    json === true
      ? toJson({ out, arrays, values })
      : `${out}: ${formatCount(arrays)} arrays, ${formatCount(values)} values\n`,
  );
}

/** What stands under a prefix, by the rest of its name. */
function cut(weights: NamedArrays, prefix: string, source: string): NamedArrays {
  const part = [...weights]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, array]) => [name.slice(prefix.length), array] as const);
  if (part.length > 0) return new Map(part);
  const starts = new Set([...weights.keys()].map((name) => `${name.split('.')[0] ?? ''}.`));
  throw new CheckpointError(
    `${source}: no name starts with "${prefix}"; they start with ${[...starts].slice(0, 8).join(', ')}`,
  );
}
