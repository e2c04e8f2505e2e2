import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';

import { ConfigError, isPlugin, messageOf, type Plugin, type Preset } from '@segkit/core';

import { importSpecifier, importModule } from './import-module.js';
import { addressOf } from './plugin-address.js';

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
  return isPreset(value) || isPlugin(value);
}

/** Plugins by what their module exports; each knows the module, so that the loader's threads can import it too. */
export type LoadedPlugins = ReadonlyMap<Extension, Extension>;

/** @param source - Where the plugin was found: an absolute path, or the name of a package; `undefined` if nobody knows. */
function located(plugin: Extension, source: string | undefined): Extension {
  if (plugin.kind === 'preset' || source === undefined) return plugin;
  return { module: addressOf(source), ...plugin };
}

/**
 * Collects plugins.
 * @param entries - Plugins, or modules whose exports are plugins or arrays of them: paths, or package names.
 * @param baseFolder - Where paths start and packages are looked for.
 * @param configFile - The module whose config lists the entries, if it is one.
 * @returns Each plugin once.
 * @throws ConfigError if an entry is neither, or a module cannot be loaded or exports no plugin.
 */
export async function loadPlugins(
  entries: readonly unknown[],
  baseFolder: string,
  configFile?: string,
): Promise<LoadedPlugins> {
  const found = new Map<Extension, Extension>();
  for (const entry of entries) {
    if (isExtension(entry)) found.set(entry, located(entry, configFile));
    else if (typeof entry === 'string') {
      const { source, plugins } = await pluginsOfModule(entry, baseFolder);
      for (const plugin of plugins) found.set(plugin, located(plugin, source));
    } else {
      throw new ConfigError(
        `plugins: expected a plugin or the name of a module, received ${typeof entry}; ` +
          'make plugins by defineBackbone and its like.',
      );
    }
  }
  return found;
}

async function pluginsOfModule(specifier: string, baseFolder: string) {
  const { source, exported } = await importFrom(specifier, baseFolder);
  const plugins = Object.values(exported).flatMap((value) => {
    if (isExtension(value)) return [value];
    return Array.isArray(value) ? (value as readonly unknown[]).filter(isExtension) : [];
  });
  if (plugins.length > 0) return { source, plugins };
  throw new ConfigError(
    `plugins: the module "${specifier}" exports no plugin; export what defineBackbone and its like return.`,
  );
}

async function importFrom(specifier: string, baseFolder: string) {
  const path = resolve(baseFolder, specifier);
  const isPath = isAbsolute(specifier) || specifier.startsWith('.');
  if (isPath || statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    return { source: path, exported: await importModule(path) };
  let file;
  try {
    file = createRequire(join(baseFolder, 'config.js')).resolve(specifier);
  } catch {
    // A package that only knows "import" cannot be resolved from another folder; it usually lies beside this one.
    return { source: specifier, exported: await importBeside(specifier, baseFolder) };
  }
  return { source: file, exported: await importModule(file) };
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
