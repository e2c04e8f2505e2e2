import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';

import { ConfigError, messageOf, type ConfigInput, type PresetBasedConfig } from '@segkit/core';
import { parseDocument } from 'yaml';

import { importModule } from './import-module.js';

/** A config as its file gives it; nothing is validated but that it is an object. */
export interface LoadedConfig {
  /** Absolute path; `null` for a preset. */
  readonly file: string | null;
  /** The file's folder, or the working directory: relative paths in the config start here. */
  readonly baseFolder: string;
  readonly config: ConfigInput | PresetBasedConfig;
}

const presetPrefix = 'preset:';

/** What commands that take a config say of it. */
export const configArgument =
  'config file (.ts, .js, .mjs, .json, .yaml or .yml), or preset:<name>';

/**
 * Loads a config: `preset:<name>`, or a file: the default export of a `.ts`, `.js`, `.mjs`, `.cjs`, `.mts` or `.cts`
 * file, or the content of a `.json`, `.yaml` or `.yml` file. A config in a file without a name gets that of its folder.
 * @throws ConfigError if the file cannot be read or holds no object.
 */
export async function loadConfig(path: string): Promise<LoadedConfig> {
  if (path.startsWith(presetPrefix)) {
    const preset = path.slice(presetPrefix.length);
    return { file: null, baseFolder: process.cwd(), config: { preset, data: {} } };
  }
  const file = resolve(path);
  const content = await readContent(file);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(`${file}: expected a config object, received ${describe(content)}.`);
  }
  const baseFolder = dirname(file);
  const config = { name: basename(baseFolder) || 'run', ...content } as unknown as ConfigInput;
  return { file, baseFolder, config };
}

function describe(content: unknown): string {
  if (content === undefined) return 'nothing; export it as default';
  if (Array.isArray(content)) return 'an array';
  return content === null ? 'null' : `a ${typeof content}`;
}

async function readContent(file: string): Promise<unknown> {
  switch (extname(file)) {
    case '.json':
      return withoutSchema(await parseText(file, (text) => JSON.parse(text) as unknown));
    case '.yaml':
    case '.yml':
      return withoutSchema(await parseText(file, parseYaml));
    case '.ts':
    case '.mts':
    case '.cts':
    case '.js':
    case '.mjs':
    case '.cjs':
      await readText(file);
      return (await importModule(file)).default;
    default:
      throw new ConfigError(
        `${file}: expected a config ending in .ts, .js, .mjs, .json, .yaml or .yml.`,
      );
  }
}

/**
 * Reads YAML; what its parser only warns of (an unknown tag, an alias that looks like a key) is an error, too.
 * @throws YAMLParseError, YAMLWarning or ReferenceError (an alias bomb).
 */
function parseYaml(text: string): unknown {
  const document = parseDocument(text, { stringKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw problem;
  return document.toJS() as unknown;
}

/** Leaves out `$schema`, which is a word to editors. */
function withoutSchema(content: unknown): unknown {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return content;
  const { $schema: _, ...config } = content as { readonly $schema?: unknown };
  return config;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${messageOf(error)}).`);
  }
}

async function parseText(file: string, parse: (text: string) => unknown): Promise<unknown> {
  const text = await readText(file);
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigError(`${file}: cannot be parsed (${messageOf(error)}).`);
  }
}
