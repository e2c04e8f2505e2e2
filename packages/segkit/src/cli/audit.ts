import { auditData, type AuditReport, type SplitName } from '@segkit/data';
import type { Command } from 'commander';

import { formatAudit } from './format-audit.js';
import { foundErrors } from './exit-code.js';
import { toJson } from './format.js';
import { configArgument } from './load-config.js';
import { expectData, openConfig, type OpenedConfig } from './open-config.js';
import { addConfigOptions, parseSplits, type ConfigOptions } from './options.js';
import { openSplits } from './open-splits.js';
import { progressBar } from './progress-bar.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

interface AuditCommandOptions extends ConfigOptions {
  readonly split?: readonly SplitName[];
  readonly json?: true;
}

const help = `
Reads every image and mask once and goes on past bad ones. Only the config's
data section has to be there. Exit code 1 if training would fail or be wrong:
files that cannot be read, masks of another size than their image, values
outside the classes, images in more than one split.

--json prints everything, fields as in AuditReport of @segkit/data:
  ok           no errors
  splits       images, sizes, channels, bits, pixel mean and std, class pixels,
               objects (areas, longer sides, how many touch)
  classes      weights that the training split suggests
  findings     level (error, warning, note), kind, splits, message, and in
               details every file
  suggestions  path and value for the config, and the reason

Example:
  $ segkit audit segkit.config.ts
  $ segkit audit segkit.config.ts --split train,validation --json > audit.json`;

/** Adds `segkit audit`. */
export function addAuditCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('audit')
    .description('Read all images and masks of a config: what they are like, and what is wrong.')
    .argument('<config>', configArgument)
    .option('--split <names>', 'splits to read, e.g. train,validation; default: all', parseSplits)
    .option('--json', 'print one JSON object');
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((config: string, options: AuditCommandOptions) => audit(config, options, terminal));
}

async function audit(
  path: string,
  options: AuditCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const opened = await openConfig(path, options, terminalLogger(terminal));
  expectData(opened);
  const report = await auditConfig(opened, options, terminal);
  terminal.writeOut(options.json === true ? toJson(report) : formatAudit(report, path));
  if (!report.ok) throw foundErrors();
}

async function auditConfig(
  opened: OpenedConfig,
  { split, json }: AuditCommandOptions,
  terminal: Terminal,
): Promise<AuditReport> {
  const { labels, splits } = openSplits(opened, split);
  const bar = progressBar(json === true ? { progress: null } : terminal, 'reading', 'images');
  try {
    return await auditData(splits, labels, { onProgress: bar.update });
  } finally {
    bar.stop();
  }
}
