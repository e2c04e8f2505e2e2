import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { eventLineSchema } from '@segkit/callbacks';
import { ConfigError, configJsonSchema, messageOf, type JsonSchema } from '@segkit/core';
import type { Command } from 'commander';
import * as z from 'zod';

import { toJson } from './format.js';
import { openApp } from './open-app.js';
import { addPluginOption } from './options.js';
import type { Terminal } from './terminal.js';

interface SchemaOptions {
  readonly out?: string;
  readonly events?: true;
  readonly plugin: readonly string[];
}

const help = `
Editors that know the schema complete and check configs. In YAML, say where it
lies in the first line, in JSON by a key:
  # yaml-language-server: $schema=segkit.schema.json
  { "$schema": "./segkit.schema.json", … }

Example:
  $ segkit schema --out segkit.schema.json
  $ segkit schema --plugin ./my-backbone.ts > segkit.schema.json
  $ segkit schema --events`;

/** Adds `segkit schema`. */
export function addSchemaCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('schema')
    .description('Print the JSON Schema of config files, with every component and its options.')
    .option('--out <file>', 'write it into a file')
    .option('--events', "print that of a line of a run's events.jsonl instead");
  addPluginOption(command)
    .addHelpText('after', help)
    .action((options: SchemaOptions) => printSchema(options, terminal));
}

async function printSchema(options: SchemaOptions, terminal: Terminal): Promise<void> {
  const { out, events, plugin } = options;
  const schema = toJson(events === true ? eventSchema() : await configSchema(plugin, terminal));
  if (out === undefined) {
    terminal.writeOut(schema);
    return;
  }
  try {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, schema);
  } catch (error) {
    throw new ConfigError(`--out ${out}: cannot be written (${messageOf(error)}).`);
  }
  terminal.writeErr(`${out} written\n`);
}

async function configSchema(modules: readonly string[], terminal: Terminal): Promise<JsonSchema> {
  const { registry, presets } = await openApp(modules, terminal);
  return configJsonSchema(registry, presets.list());
}

function eventSchema(): JsonSchema {
  const schema = z.toJSONSchema(eventLineSchema, { io: 'input', target: 'draft-7' });
  return { title: 'line of events.jsonl', ...schema };
}
