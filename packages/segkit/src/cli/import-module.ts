import { register as registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

import { ConfigError } from '@segkit/core';
import { register as registerTypeScript } from 'tsx/esm/api';

/**
 * TypeScript is always read as ESM, whatever the package's "type" says: as CommonJS it would get second copies of
 * the ESM packages it imports, @segkit/core among them.
 */
const typeScriptIsEsm = `data:text/javascript,${encodeURIComponent(`
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    if (resolved.url.includes('/node_modules/')) return resolved;
    const { pathname } = new URL(resolved.url);
    if (/\\.tsx?$/.test(pathname)) return { ...resolved, format: 'module' };
    return pathname.endsWith('.js') ? { ...resolved, format: undefined } : resolved;
  }
`)}`;

/**
 * Imports a module by its path; TypeScript too, with the same instances of packages that this program uses. Path
 * aliases of a `tsconfig.json` do not apply.
 * @returns The module's exports.
 * @throws ConfigError if the module cannot be loaded.
 */
export async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { href } = pathToFileURL(file);
  try {
    return await (/\.[mc]?tsx?$/.test(file) ? importTypeScript(href) : importAny(href));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const wrapped = new ConfigError(`${file}: cannot be loaded (${reason}).`);
    wrapped.cause = error;
    throw wrapped;
  }
}

/** Imports by address, or by package name from where this program lies. */
export async function importAny(specifier: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(/* @vite-ignore */ specifier)) as Readonly<Record<string, unknown>>;
}

async function importTypeScript(href: string): Promise<Readonly<Record<string, unknown>>> {
  const unregister = registerTypeScript({ tsconfig: false });
  // Hooks that are registered later run first.
  registerHooks(typeScriptIsEsm);
  try {
    return await importAny(href);
  } finally {
    await unregister();
  }
}
