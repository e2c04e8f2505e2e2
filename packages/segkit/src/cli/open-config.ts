import {
  ConfigError,
  createApp,
  withoutReplacedLength,
  type App,
  type ConfigInput,
  type Logger,
  type Preset,
  type PresetBasedConfig,
} from '@segkit/core';

import { firstParty } from '../first-party.js';
import { loadConfig } from './load-config.js';
import { loadPlugins } from './load-plugins.js';
import type { ConfigOptions } from './options.js';
import { parseOverride, setPath, type Override } from './set-path.js';

/** A config with its overrides, and an app that knows every plugin it needs. */
export interface OpenedConfig {
  readonly app: App;
  /** Its preset, if it starts from one, is written out. */
  readonly config: ConfigInput;
  readonly preset: Preset | null;
  /** Absolute path of the config's file; `null` for a preset. */
  readonly file: string | null;
  readonly baseFolder: string;
}

/**
 * Loads a config with the plugins that it and the command line name, writes out its preset, and applies `--set`.
 * @throws ConfigError if a file, a plugin or an override is wrong; UnknownComponentError if there is no such preset.
 */
export async function openConfig(
  path: string,
  { set, plugin }: ConfigOptions,
  logger: Logger,
): Promise<OpenedConfig> {
  const overrides = set.map(parseOverride);
  const loaded = await loadConfig(path);
  const named = await pluginsOfConfig(loaded.config, loaded.baseFolder);
  const given = await loadPlugins(plugin, process.cwd());
  const app = createApp({ plugins: [...firstParty, ...new Set([...named, ...given])], logger });
  const expanded = app.expandPreset(loaded.config);
  const preset = 'preset' in loaded.config ? app.presets.find(loaded.config.preset) : null;
  const config = applyOverrides(app, expanded, overrides);
  return { ...loaded, app, preset, config };
}

/** Loads what a config lists under `plugins`. */
export async function pluginsOfConfig(config: ConfigInput | PresetBasedConfig, baseFolder: string) {
  const plugins: unknown = config.plugins ?? [];
  if (Array.isArray(plugins)) return loadPlugins(plugins, baseFolder);
  throw new ConfigError(`plugins: expected an array, received ${typeof plugins}.`);
}

/**
 * A config with values replaced, as `--set` gives them.
 * @throws ConfigError if a path leads nowhere, or names `plugins`.
 */
export function applyOverrides(
  app: App,
  config: ConfigInput,
  overrides: readonly Override[],
): ConfigInput {
  if (overrides.some(({ path }) => path[0] === 'plugins')) {
    throw new ConfigError('--set plugins: plugins are given by --plugin.');
  }
  const defaults = overrides.length === 0 ? undefined : tryParse(app, config);
  return overrides.reduce<unknown>(
    (current, override) => setPath(current, override, defaults),
    withNewLength(config, overrides),
  ) as ConfigInput;
}

function withNewLength(config: ConfigInput, overrides: readonly Override[]): ConfigInput {
  const keys = overrides.flatMap(({ path: [section, key, ...more] }) =>
    section === 'train' && key !== undefined && more.length === 0 ? [key] : [],
  );
  const train: unknown = config.train;
  if (typeof train !== 'object' || train === null) return config;
  return { ...config, train: withoutReplacedLength(train, keys) };
}

/** The config with its defaults, if it is valid without the overrides. */
function tryParse(app: App, config: ConfigInput): unknown {
  try {
    return app.parseConfig(config);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/**
 * Checks that images are named: a preset knows none.
 * @throws ConfigError that says how to name them.
 */
export function expectData({ config, preset }: Pick<OpenedConfig, 'config' | 'preset'>): void {
  // Anything can stand in a file; what is no section is for the parser to refuse.
  const data: unknown = config.data;
  const isNamed = typeof data !== 'object' || data === null || 'train' in data;
  if (preset === null || isNamed) return;
  throw new ConfigError(
    `preset ${preset.name}: data.train is missing; say where the images are, e.g.\n` +
      '  --set data.train.name=image-folder --set data.train.root=my-data\n' +
      `or start a config of your own: segkit presets show ${preset.name} > segkit.config.json`,
  );
}
