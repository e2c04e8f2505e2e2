import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import {
  collectWeights,
  createRun,
  describeReport,
  loadWeights,
  locateWeights,
  readWeights,
  writeTensors,
  type RenameRule,
} from '@segkit/core';
import { InvalidArgumentError, type Command } from 'commander';

import { toJson } from './format.js';
import { configArgument } from './load-config.js';
import { expectData } from './open-config.js';
import { openNetwork, type NetworkOptions, type OpenedNetwork } from './open-network.js';
import { addConfigOptions, channelsOption, repeatable } from './options.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface ImportOptions extends NetworkOptions {
  readonly out: string;
  readonly prefix?: string;
  readonly rename: readonly string[];
  readonly minimum: number;
  readonly json?: true;
}

const help = `
Reads safetensors and what torch.save writes; nothing in the file is executed.
Batch norm's running statistics are taken along. What the network lacks in the
file is an error, unless --minimum allows it; it then keeps its first weights.

Example:
  $ segkit import unet.pth --preset unet-bn --out unet.safetensors
  $ segkit import unet.pth --config segkit.config.ts --rename encoder.=backbone. --out runs/unet
  $ segkit predict runs/unet photos --out maps`;

/** Adds `segkit import`. */
export function addImportCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('import')
    .description("Turn weights of PyTorch into a checkpoint of a config's network.")
    .argument('<weights>', 'a .safetensors, .pth, .pt, .ckpt or .bin file, an address or a name')
    .option('--preset <name>', 'the network: a preset, as segkit presets lists them')
    .option('--config <config>', `the network: a ${configArgument}`)
    .requiredOption(
      '--out <path>',
      'the checkpoint, a .safetensors file; or the folder of a new run',
    )
    .option('--prefix <text>', 'start of the names in the file; default: found out')
    .addOption(repeatable('--rename <from=to>', 'replace the start of names in the file'))
    .option('--minimum <share>', "share of the network's values to be found", parseShare, 1)
    .addOption(channelsOption())
    .option('--json', 'print the report as one JSON object');
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((weights: string, options: ImportOptions) => importWeights(weights, options, terminal));
}

function parseShare(text: string): number {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError('Expected a number above 0 and not above 1.');
}

function parseRule(text: string): RenameRule {
  const at = text.indexOf('=');
  if (at >= 0) return { from: text.slice(0, at), to: text.slice(at + 1) };
  throw new InvalidArgumentError(`--rename ${text}: expected from=to, e.g. encoder.=backbone.`);
}

async function importWeights(
  weights: string,
  options: ImportOptions,
  terminal: Terminal,
): Promise<void> {
  const { out, prefix, minimum } = options;
  const rename = options.rename.map(parseRule);
  const logger = terminalLogger(terminal);
  const network = await openNetwork(options, logger);
  const { app, model } = network;
  try {
    // A run can be evaluated, so it must name images; told before the work.
    if (!isFile(out)) expectData(network);
    const path = await locateWeights(app.registry, { from: weights }, { logger });
    const { imageFilter, unused = [] } = model.backbone.pretrained ?? {};
    const report = loadWeights(model, await readWeights(path), path, {
      prefix,
      rename,
      minimum,
      imageFilter: imageFilter === undefined ? undefined : `backbone.${imageFilter}`,
      unused: unused.map((start) => `backbone.${start}`),
    });
    const written = await write(out, network);
    const text = `${describeReport(report)}\n${isFile(out) ? 'Checkpoint' : 'Run'}: ${written}\n`;
    terminal.writeOut(options.json === true ? toJson({ out: written, ...report }) : text);
  } finally {
    model.dispose();
  }
}

const isFile = (out: string): boolean => out.endsWith('.safetensors');

/** Writes a checkpoint alone, or a run that can be evaluated and predicted with. */
async function write(out: string, network: OpenedNetwork): Promise<string> {
  const { app, model, config, engine, file: configFile, baseFolder } = network;
  if (isFile(out)) {
    await mkdir(dirname(out), { recursive: true });
    await writeTensors(out, await collectWeights(model), { framework: 'segkit' });
    return out;
  }
  const place = { folder: resolve(out), baseFolder, configFile };
  return (await createRun(app.parseConfig(config), engine, place, model)) ?? out;
}
