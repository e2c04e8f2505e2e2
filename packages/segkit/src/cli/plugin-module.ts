// Imported by the loader's threads as `plugin-module.js?import=<path or package>`: exports the plugins of a module, or of a
// config's `plugins`, that the command found there. See `addressOf`.
import { isAbsolute } from 'node:path';

import { isPlugin, type Plugin } from '@segkit/core';

import { importModule, importSpecifier } from './import-module.js';

const wanted = new URL(import.meta.url).searchParams.get('import') ?? '';
const exported = isAbsolute(wanted) ? await importModule(wanted) : await importSpecifier(wanted);
const { plugins: inConfig } = (exported.default ?? {}) as { readonly plugins?: unknown };

/** What the module exports, alone or in arrays, and what it lists as a config. */
export const plugins: readonly Plugin[] = [...Object.values(exported), inConfig]
  .flat()
  .filter(isPlugin);
