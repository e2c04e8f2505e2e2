import { register as registerHooks } from 'node:module';

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
 * Imports a TypeScript module and what it imports, with the same instances of packages that this program uses. Path
 * aliases of a `tsconfig.json` do not apply.
 * @param href - A `file:` address.
 */
export async function importTypeScript(href: string): Promise<unknown> {
  const unregister = registerTypeScript({ tsconfig: false });
  // Hooks that are registered later run first.
  registerHooks(typeScriptIsEsm);
  try {
    return await import(/* @vite-ignore */ href);
  } finally {
    await unregister();
  }
}
