import { createApp, type App } from '@segkit/core';

import { firstParty } from '../first-party.js';
import { loadPlugins } from './load-plugins.js';
import { terminalLogger } from './terminal-logger.js';
import type { Terminal } from './terminal.js';

/**
 * An app of segkit's own plugins and those of the modules given by `--plugin`.
 * @throws ConfigError if a module cannot be loaded or exports no plugin.
 */
export async function openApp(modules: readonly string[], terminal: Terminal): Promise<App> {
  const loaded = await loadPlugins(modules, process.cwd());
  const plugins = [...firstParty, ...loaded.values()];
  return createApp({ plugins, logger: terminalLogger(terminal) });
}
