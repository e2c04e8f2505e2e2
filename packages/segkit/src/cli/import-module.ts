import { pathToFileURL } from 'node:url';

import { ConfigError, messageOf } from '@segkit/core';

import { importTypeScript } from './import-typescript.js';

/** What a module exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * Imports a JavaScript or TypeScript module by its path.
 * @throws ConfigError if the module cannot be loaded.
 */
export async function importModule(file: string): Promise<Exports> {
  const { href } = pathToFileURL(file);
  try {
    if (/\.[mc]?tsx?$/.test(file)) return (await importTypeScript(href)) as Exports;
    return await importSpecifier(href);
  } catch (error) {
    const message = `${file}: cannot be loaded (${messageOf(error)}).`;
    throw new ConfigError(message, [], { cause: error });
  }
}

/** Imports by address, or by package name from where this program lies. */
export async function importSpecifier(specifier: string): Promise<Exports> {
  return (await import(/* @vite-ignore */ specifier)) as Exports;
}
