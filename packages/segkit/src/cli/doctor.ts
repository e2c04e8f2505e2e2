import type { Command } from 'commander';

import { examineEngines } from '../doctor/examine-engines.js';
import { foundErrors } from './exit-code.js';
import { formatDiagnosis } from './format-diagnosis.js';
import { toJson } from './format.js';
import { openApp } from './open-app.js';
import { addPluginOption, parseDuration } from './options.js';
import type { Terminal } from './terminal.js';

interface DoctorOptions {
  readonly plugin: readonly string[];
  readonly engine?: string;
  /** Seconds. */
  readonly timeout: number;
  readonly json?: true;
}

const help = `
Each engine is tried in a process of its own. The check compares loss, logits and
gradients of two small networks with PyTorch's; the speed is that of training a
U-Net of base width 16 on 2 images of 128x128. Exit code 0: the engine that runs if
a config names none is correct (with --engine: that engine is); 1: it is not.

Example:
  $ segkit doctor
  $ segkit doctor --engine ort --json`;

/** Adds `segkit doctor`. */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('doctor')
    .description('List engines: which start, are correct, how fast, and what is missing.')
    .option('--engine <name>', 'examine this one; default: all')
    .option(
      '--timeout <duration>',
      'time for an engine to start, to be checked, to be timed, each',
      parseDuration,
      120,
    )
    .option('--json', 'print one JSON object');
  addPluginOption(command)
    .addHelpText('after', help)
    .action((options: DoctorOptions) => examine(options, terminal));
}

async function examine(options: DoctorOptions, terminal: Terminal): Promise<void> {
  const { plugin: plugins, engine, timeout: seconds, json } = options;
  const { registry } = await openApp(plugins, terminal);
  const order = registry.list('engine').map(({ name }) => name);
  const diagnosis = await examineEngines({
    order,
    engines: engine === undefined ? order : [registry.find('engine', engine).name],
    plugins,
    seconds,
    onEngine: (name) => void terminal.progress?.write(`examining ${name} …\n`),
  });
  terminal.writeOut(json === true ? toJson(diagnosis) : formatDiagnosis(diagnosis));
  const decisive = engine ?? diagnosis.auto;
  const report = diagnosis.engines.find(({ name }) => name === decisive);
  if (report?.correct !== true) throw foundErrors();
}
