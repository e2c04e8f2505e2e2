import { silentLogger } from '../../components/logger.js';
import { Registry, type Container, type Token } from '../../registry/registry.js';
import type { Plugin } from '../../registry/plugin.js';
import { randomStream } from '../../tensor/random-stream.js';
import { createDataset, createTransforms } from '../create-data.js';
import { DiskCache } from '../disk-cache.js';
import { foldOf } from '../fold-dataset.js';
import { SampleMaker } from '../sample-maker.js';
import { importPlugins } from './import-plugins.js';
import type { ThreadRecipe } from './messages.js';

/** Holds the plugins of one thread. */
function createContainer(): Container {
  const plugins = new Map<string, Plugin>();
  const key = ({ kind, name }: Token): string => `${kind}/${name}`;
  return {
    has: (token) => plugins.has(key(token)),
    register: (token, plugin) => void plugins.set(key(token), plugin),
    resolve: (token) => plugins.get(key(token)) as never,
  };
}

/**
 * Builds data set, transforms and loss of a config once more, as the main thread built them. What they say to the log was
 * said there.
 * @throws DataError if a plugin cannot be imported.
 */
export async function openSampleMaker(recipe: ThreadRecipe): Promise<SampleMaker> {
  const { config, baseFolder, datasetState, weighted, diskCache } = recipe;
  const registry = new Registry(createContainer(), silentLogger);
  for (const plugin of await importPlugins(recipe.plugins)) registry.register(plugin);
  const dataset = createDataset(registry, config, 'train', config.data.train, baseFolder);
  if (datasetState === undefined || dataset.restore === undefined) await dataset.prepare();
  else dataset.restore(datasetState);
  const { labels } = config.data;
  return new SampleMaker({
    // The state is that of the data set before it was divided into folds.
    dataset: foldOf(dataset, config.data.fold, 'train'),
    transforms: createTransforms(registry, config, 'train'),
    loss: weighted ? registry.create('loss', config.loss, { labels }, { path: 'loss' }) : {},
    random: randomStream(config.seed),
    onError: config.loader.onError,
    diskCache: diskCache && new DiskCache(diskCache),
  });
}
