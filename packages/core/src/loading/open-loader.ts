import type { Dataset } from '../components/dataset.js';
import { consoleLogger, type Logger } from '../components/logger.js';
import type { Loss } from '../components/loss.js';
import type { Config } from '../config/config-schema.js';
import type { Registry } from '../registry/registry.js';
import { randomStream } from '../tensor/random-stream.js';
import { createTransforms, openDataset } from './create-data.js';
import { Loader } from './loader.js';
import { openDiskCache } from './open-disk-cache.js';
import { writeRecipe } from './threads/thread-recipe.js';

/** What surrounds a loader. */
export interface LoaderPlace {
  /** Folder where relative paths in the config start. Default: the working directory. */
  readonly baseFolder?: string;
  /** Default: standard error. */
  readonly logger?: Logger;
}

/**
 * The loader of a config's training set.
 * @param dataset - Prepared.
 * @param loss - Decides whether samples have weight maps.
 */
export function createLoader(
  registry: Registry,
  config: Config,
  { dataset, loss }: { readonly dataset: Dataset; readonly loss: Loss },
  { baseFolder = process.cwd(), logger = consoleLogger }: LoaderPlace,
): Loader {
  return new Loader({
    dataset,
    transforms: createTransforms(registry, config, 'train'),
    loss,
    // The gradients of a step come from `accumulate` batches.
    batchSize: config.train.batchSize * config.train.accumulate,
    random: randomStream(config.seed),
    options: config.loader,
    logger,
    recipe: (diskCache) => writeRecipe({ registry, config, baseFolder, dataset, loss, diskCache }),
    openDiskCache: (threads) => openDiskCache(config, baseFolder, threads),
  });
}

/**
 * The batches that a run of a config trains on, without the network: to look at them, or to use them elsewhere.
 * @returns A loader, for which `open` starts threads, and `close` ends them.
 * @throws DataError if the data set is wrong.
 * @example
 * const loader = await openLoader(app.registry, app.parseConfig(config));
 * const samples = await loader.batch(1, 0);
 */
export async function openLoader(
  registry: Registry,
  config: Config,
  place: LoaderPlace = {},
): Promise<Loader> {
  const { labels, train } = config.data;
  const { baseFolder = process.cwd() } = place;
  const dataset = await openDataset(registry, config, 'train', train, baseFolder);
  const loss = registry.create('loss', config.loss, { labels }, { path: 'loss' });
  return createLoader(registry, config, { dataset, loss }, { ...place, baseFolder });
}
