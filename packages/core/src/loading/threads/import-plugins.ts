import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { DataError, messageOf } from '../../errors.js';
import { isPlugin, type Plugin } from '../../registry/plugin.js';
import type { PluginAddress } from './messages.js';

type Exports = Readonly<Record<string, unknown>>;

/** What Node reads without a loader, `false` before it learned TypeScript. */
const { typescript = false } = process.features as { readonly typescript?: string | false };

/** Lets this thread read TypeScript by tsx, if that is installed where the module lies. */
async function registerTypeScript(module: string): Promise<void> {
  const manifest = createRequire(module).resolve('tsx/package.json');
  const api = pathToFileURL(join(dirname(manifest), 'dist/esm/api/index.mjs')).href;
  const { register } = (await import(/* @vite-ignore */ api)) as { register: () => void };
  register();
}

async function importModule(module: string): Promise<Exports> {
  const isTypeScript = /\.[mc]?tsx?$/.test(new URL(module).pathname);
  // A thread does not have the loaders that the main thread was started with.
  if (isTypeScript && typescript === false) await registerTypeScript(module);
  return (await import(/* @vite-ignore */ module)) as Exports;
}

/**
 * Imports plugins from the modules that export them, alone or in arrays.
 * @throws DataError if a module cannot be imported or does not export its plugin.
 */
export async function importPlugins(addresses: readonly PluginAddress[]): Promise<Plugin[]> {
  const plugins: Plugin[] = [];
  for (const { kind, name, module } of addresses) {
    let exported: unknown[];
    try {
      exported = Object.values(await importModule(module)).flat();
    } catch (error) {
      throw new DataError(`${module} cannot be imported (${messageOf(error)})`, { cause: error });
    }
    const plugin = exported.find(
      (value): value is Plugin => isPlugin(value) && value.kind === kind && value.name === name,
    );
    if (plugin === undefined)
      throw new DataError(`${module} does not export the ${kind} "${name}"`);
    plugins.push(plugin);
  }
  return plugins;
}
