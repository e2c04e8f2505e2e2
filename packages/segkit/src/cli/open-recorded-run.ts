import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import {
  ConfigError,
  createApp,
  type App,
  type Logger,
  type OpenRunOptions,
  type TrainedRun,
} from '@segkit/core';
import * as z from 'zod';

import { firstParty } from '../first-party.js';
import { loadConfig } from './load-config.js';
import { loadPlugins, type LoadedPlugins } from './load-plugins.js';
import { pluginsOfConfig } from './open-config.js';

/** Which run to open, and with which plugins besides those of its config. */
export interface RecordedRunOptions extends OpenRunOptions {
  /** Modules given by `--plugin`. */
  readonly plugin: readonly string[];
}

const record = z.object({ configFile: z.string().nullable() });

/**
 * Opens a run's folder with the plugins that its config file named, if that file still exists.
 * @throws CheckpointError if the folder is no run; ConfigError if the run needs plugins that are not registered.
 */
export async function openRecordedRun(
  folder: string,
  { plugin, ...options }: RecordedRunOptions,
  logger: Logger,
): Promise<TrainedRun> {
  return withRecordedApp(folder, plugin, logger, (app) => app.openRun(folder, options));
}

/**
 * Does something with an app that has the plugins which a run's config file named, if that file still exists.
 * @throws What `use` throws; a ConfigError says in addition where the run's plugins may be.
 */
export async function withRecordedApp<T>(
  folder: string,
  plugin: readonly string[],
  logger: Logger,
  use: (app: App) => Promise<T>,
): Promise<T> {
  const configFile = await recordedConfigFile(folder);
  const recorded = await recordedPlugins(configFile, logger);
  const given = await loadPlugins(plugin, process.cwd());
  const plugins = [...firstParty, ...new Map([...recorded, ...given]).values()];
  try {
    return await use(createApp({ plugins, logger }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const advice =
      configFile === undefined
        ? ''
        : `\nThe run was trained by ${configFile}${existsSync(configFile) ? '' : ', which is gone'}.`;
    throw new ConfigError(
      `${folder}: ${error.message}${advice}\nIf the run used plugins of your own, give their module by --plugin.`,
      error.issues,
    );
  }
}

/** Absolute path of the config file that a run names; anything wrong with the run is left to `openRun`. */
async function recordedConfigFile(folder: string): Promise<string | undefined> {
  try {
    const { configFile } = record.parse(
      JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')),
    );
    return configFile === null ? undefined : resolve(folder, configFile);
  } catch {
    return undefined;
  }
}

/** A config that was changed since, and now is wrong, must not keep its runs from being used. */
async function recordedPlugins(
  configFile: string | undefined,
  logger: Logger,
): Promise<LoadedPlugins> {
  if (configFile === undefined || !existsSync(configFile)) return new Map();
  try {
    return await pluginsOfConfig(await loadConfig(configFile));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    logger.warn(`the run's plugins were not loaded: ${error.message}`);
    return new Map();
  }
}
