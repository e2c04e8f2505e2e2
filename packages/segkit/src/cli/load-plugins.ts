import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';

import { ConfigError, kinds, messageOf, type Plugin, type Preset } from '@segkit/core';

import { importSpecifier, importModule } from './import-module.js';

/** What a module can bring along for configs. */
export type Extension = Plugin | Preset;

/** Whether a value is what `definePreset` returns. */
function isPreset(value: unknown): value is Preset {
  const candidate = value as Partial<Preset> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    candidate.kind === 'preset' &&
    typeof candidate.name === 'string' &&
    typeof candidate.config === 'object'
  );
}

/** Whether a value is what `definePreset`, `defineBackbone` and its like return. */
function isExtension(value: unknown): value is Extension {
  if (isPreset(value)) return true;
  const candidate = value as Partial<Plugin> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    kinds.some((kind) => kind === candidate.kind) &&
    typeof candidate.name === 'string' &&
    typeof candidate.schema === 'function' &&
    typeof candidate.create === 'function'
  );
}

/**
 * Collects plugins.
 * @param entries - Plugins, or modules whose exports are plugins or arrays of them: paths, or package names.
 * @param baseFolder - Where paths start and packages are looked for.
 * @returns Each plugin once.
 * @throws ConfigError if an entry is neither, or a module cannot be loaded or exports no plugin.
 */
export async function loadPlugins(
  entries: readonly unknown[],
  baseFolder: string,
): Promise<readonly Extension[]> {
  const found = new Set<Extension>();
  for (const entry of entries) {
    if (isExtension(entry)) found.add(entry);
    else if (typeof entry === 'string') {
      for (const plugin of await pluginsOfModule(entry, baseFolder)) found.add(plugin);
    } else {
      throw new ConfigError(
        `plugins: expected a plugin or the name of a module, received ${typeof entry}; ` +
          'make plugins by defineBackbone and its like.',
      );
    }
  }
  return [...found];
}

async function pluginsOfModule(specifier: string, baseFolder: string): Promise<Extension[]> {
  const exported = Object.values(await importFrom(specifier, baseFolder));
  const plugins = exported.flatMap((value) => {
    if (isExtension(value)) return [value];
    return Array.isArray(value) ? (value as readonly unknown[]).filter(isExtension) : [];
  });
  if (plugins.length > 0) return plugins;
  throw new ConfigError(
    `plugins: the module "${specifier}" exports no plugin; export what defineBackbone and its like return.`,
  );
}

async function importFrom(specifier: string, baseFolder: string) {
  const path = resolve(baseFolder, specifier);
  const isPath = isAbsolute(specifier) || specifier.startsWith('.');
  if (isPath || statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    return importModule(path);
  let file;
  try {
    file = createRequire(join(baseFolder, 'config.js')).resolve(specifier);
  } catch {
    // A package that only knows "import" cannot be resolved from another folder; it usually lies beside this one.
    return importBeside(specifier, baseFolder);
  }
  return importModule(file);
}

async function importBeside(specifier: string, baseFolder: string) {
  try {
    return await importSpecifier(specifier);
  } catch (error) {
    throw new ConfigError(
      `plugins: the module "${specifier}" cannot be loaded (${messageOf(error)}); ` +
        `install it where ${baseFolder} finds it, or give a path that starts with "./".`,
    );
  }
}
