import { ConfigError, type Registry, type ResolvedSpec } from '@segkit/core';
import type { Command } from 'commander';

import { examineEngines } from '../doctor/examine-engines.js';
import { foundErrors } from './exit-code.js';
import { formatDiagnosis } from './format-diagnosis.js';
import { toJson } from './format.js';
import { openApp } from './open-app.js';
import { addConfigOptions, parseDuration, type ConfigOptions } from './options.js';
import { parseOverride, setPath } from './set-path.js';
import type { Terminal } from './terminal.js';

interface DoctorOptions extends ConfigOptions {
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
  $ segkit doctor --engine ort --set engine.executionProvider=cuda --json`;

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
  addConfigOptions(command)
    .addHelpText('after', help)
    .action((options: DoctorOptions) => examine(options, terminal));
}

async function examine(options: DoctorOptions, terminal: Terminal): Promise<void> {
  const { plugin: plugins, set, engine, timeout: seconds, json } = options;
  const { registry } = await openApp(plugins, terminal);
  const order = registry.list('engine').map(({ name }) => name);
  const diagnosis = await examineEngines({
    order,
    engines: engine === undefined ? all(order, set) : [specOf(registry, engine, set)],
    plugins,
    seconds,
    onEngine: (name) => void terminal.progress?.write(`examining ${name} …\n`),
  });
  terminal.writeOut(json === true ? toJson(diagnosis) : formatDiagnosis(diagnosis));
  const decisive = engine ?? diagnosis.auto;
  const report = diagnosis.engines.find(({ name }) => name === decisive);
  if (report?.correct !== true) throw foundErrors();
}

function all(order: readonly string[], set: readonly string[]): readonly ResolvedSpec[] {
  if (set.length === 0) return order.map((name) => ({ name }));
  throw new ConfigError('--set: options belong to one engine; name it by --engine.');
}

/** @throws ConfigError if there is no such engine, or its options are wrong. */
function specOf(registry: Registry, name: string, set: readonly string[]): ResolvedSpec {
  registry.find('engine', name);
  const overrides = set.map(parseOverride);
  const stray = overrides.find(({ path: [first, second] }) => first !== 'engine' || !second);
  if (stray !== undefined) {
    throw new ConfigError(
      `--set ${stray.path.join('.')}: expected an option of the engine, as in engine.threads=1.`,
    );
  }
  const config = overrides.reduce<unknown>((current, override) => setPath(current, override), {
    engine: { name },
  });
  const { engine } = config as { readonly engine: { readonly name: string } };
  const parsed = registry.spec('engine').safeParse(engine);
  if (parsed.success) return engine;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${['engine', ...path].join('.')}: ${message}`,
  );
  throw new ConfigError(`--set: ${issues.join('; ')}`);
}
