import { kinds, type Kind, type Plugin, type Registry } from '@segkit/core';
import type { Command } from 'commander';
import * as z from 'zod';

import { toJson } from './format.js';
import { openApp } from './open-app.js';
import { addPluginOption } from './options.js';
import type { Terminal } from './terminal.js';

interface PluginsOptions {
  readonly plugin: readonly string[];
  readonly json?: true;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** A component as `segkit plugins --json` prints it. */
interface PluginListing {
  readonly kind: Kind;
  readonly name: string;
  readonly description: string;
  /** Paper or reference; `null` if there is none. */
  readonly source: string | null;
  /** JSON Schema of every option; an option that is a component says its kind as `component`. */
  readonly options: Readonly<Record<string, JsonSchema>>;
  /** Options without a default. */
  readonly required: readonly string[];
}

const help = `
Example:
  $ segkit plugins
  $ segkit plugins --plugin ./my-backbone.ts --json`;

/** Adds `segkit plugins`. */
export function addPluginsCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('plugins')
    .description('List every component with its options and defaults.')
    .option('--json', 'print an array of JSON objects');
  addPluginOption(command)
    .addHelpText('after', help)
    .action((options: PluginsOptions) => listPlugins(options, terminal));
}

async function listPlugins({ plugin, json }: PluginsOptions, terminal: Terminal): Promise<void> {
  const { registry } = await openApp(plugin, terminal);
  const listings = kinds.flatMap((kind) =>
    registry.list(kind).map((listed) => describePlugin(registry, listed)),
  );
  terminal.writeOut(json === true ? toJson(listings) : formatListings(listings));
}

function describePlugin(registry: Registry, plugin: Plugin): PluginListing {
  const { kind, name, description, source } = plugin;
  const schema = z.toJSONSchema(registry.schemaOf(plugin), { io: 'input', unrepresentable: 'any' });
  const options: Record<string, JsonSchema> = {};
  for (const [option, value] of Object.entries(schema.properties ?? {})) {
    if (typeof value === 'object') options[option] = value;
  }
  return {
    kind,
    name,
    description,
    source: source ?? null,
    options,
    required: schema.required ?? [],
  };
}

function formatListings(listings: readonly PluginListing[]): string {
  const sections = kinds.flatMap((kind) => {
    const members = listings.filter((listing) => listing.kind === kind);
    return members.length === 0 ? [] : [`${kind}\n${members.map(formatListing).join('\n')}`];
  });
  return `${sections.join('\n\n')}\n`;
}

function formatListing({ name, description, source, options, required }: PluginListing): string {
  const lines = [`  ${name}: ${description}`];
  if (source !== null) lines.push(`      ${source}`);
  for (const [option, schema] of Object.entries(options)) {
    const explained = schema.description === undefined ? '' : `  ${schema.description}`;
    const given = required.includes(option) ? ' (required)' : formatDefault(schema);
    lines.push(`      ${option}: ${formatType(schema)}${given}${explained}`);
  }
  return lines.join('\n');
}

function formatDefault({ default: value }: JsonSchema): string {
  return value === undefined ? '' : ` = ${JSON.stringify(value)}`;
}

/** The type of an option in a few characters, e.g. `integer`, `"same" | "valid"`, `integer[]`, `upsampler`. */
function formatType(schema: JsonSchema): string {
  if (typeof schema.component === 'string') return schema.component;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(formatPart).join(' | ');
  if (schema.type === 'array') return formatArray(schema);
  return [schema.type ?? 'any'].flat().join(' | ');
}

function formatPart(schema: JsonSchema | boolean): string {
  return typeof schema === 'object' ? formatType(schema) : 'any';
}

function formatArray({ items, prefixItems }: JsonSchema): string {
  if (prefixItems !== undefined) return `[${prefixItems.map(formatPart).join(', ')}]`;
  const item = items === undefined || Array.isArray(items) ? 'any' : formatPart(items);
  return item.includes(' ') ? `(${item})[]` : `${item}[]`;
}
