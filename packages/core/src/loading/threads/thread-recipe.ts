import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Dataset } from '../../components/dataset.js';
import type { Loss } from '../../components/loss.js';
import type { Config } from '../../config/config-schema.js';
import type { Plugin } from '../../registry/plugin.js';
import type { Registry } from '../../registry/registry.js';
import { createDataset, createTransforms } from '../create-data.js';
import type { DiskCachePlace } from '../disk-cache.js';
import type { PluginAddress, ThreadRecipe } from './messages.js';
import { threadProgram } from './thread-program.js';

/** What threads would have to make samples of. */
export interface RecipeParts {
  readonly registry: Registry;
  readonly config: Config;
  readonly baseFolder: string;
  /** Prepared. */
  readonly dataset: Dataset;
  readonly loss: Loss;
  readonly diskCache: DiskCachePlace | undefined;
}

/** The plugins that samples are made by. */
function usedPlugins({ registry, config, baseFolder, loss }: RecipeParts): Set<Plugin> {
  const used = new Set<Plugin>();
  const watched = registry.watched((plugin) => used.add(plugin));
  const { labels, train } = config.data;
  createDataset(watched, config, 'train', train, baseFolder);
  createTransforms(watched, config, 'train');
  if (loss.weightMap !== undefined) watched.create('loss', config.loss, { labels });
  return used;
}

/**
 * Writes down what a thread needs to make the samples that the main thread would make.
 * @returns The recipe, or why there is none and what to do about it.
 */
export function writeRecipe(parts: RecipeParts): ThreadRecipe | string {
  const program = threadProgram();
  if (program.protocol === 'file:' && !existsSync(fileURLToPath(program))) {
    return `${fileURLToPath(program)} is missing; leave @segkit/core out of the bundle`;
  }
  const plugins: PluginAddress[] = [];
  for (const { kind, name, module } of usedPlugins(parts)) {
    if (module === undefined) {
      return `threads do not know where to import the ${kind} "${name}" from; define it with module: import.meta.url, in a module that exports it`;
    }
    plugins.push({ kind, name, module });
  }
  const { config, baseFolder, dataset, loss, diskCache } = parts;
  const { seed, data, transforms, loader } = config;
  return {
    plugins,
    config: { seed, data, transforms, loss: config.loss, loader },
    baseFolder,
    datasetState: dataset.state?.(),
    weighted: loss.weightMap !== undefined,
    diskCache,
  };
}
