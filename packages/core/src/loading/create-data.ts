import type { Dataset } from '../components/dataset.js';
import type { Loss } from '../components/loss.js';
import type { Metric } from '../components/metric.js';
import type { Transform } from '../components/transform.js';
import type { Config } from '../config/config-schema.js';
import { ConfigError } from '../errors.js';
import { foldOf } from './fold-dataset.js';
import type { ResolvedSpec } from '../registry/component-kinds.js';
import type { Registry } from '../registry/registry.js';
import { randomStream } from '../tensor/random-stream.js';

/** The parts of a config's data. */
type Split = 'train' | 'validation' | 'test';

/** Makes the transforms of one list of the config. */
export function createTransforms(
  registry: Registry,
  config: Pick<Config, 'data' | 'transforms'>,
  split: 'train' | 'validation',
): Transform[] {
  const { labels } = config.data;
  return config.transforms[split].map((spec, index) =>
    registry.create(
      'transform',
      spec,
      { labels },
      { path: `transforms.${split}.${String(index)}` },
    ),
  );
}

/** Makes a data set; its files are not looked at yet. The training set's samples are kept by the loader. */
export function createDataset(
  registry: Registry,
  config: Pick<Config, 'seed' | 'data' | 'loader'>,
  split: Split,
  spec: ResolvedSpec,
  baseFolder: string,
): Dataset {
  const { labels } = config.data;
  const scope = { path: `data.${split}`, random: randomStream(config.seed) };
  const args = { labels, baseFolder };
  const byLoader = { cached: true, onUnreadable: config.loader.onError };
  return registry.create(
    'dataset',
    spec,
    split === 'train' ? { ...args, ...byLoader } : args,
    scope,
  );
}

/** Makes a data set and checks its files; where the config divides the training images into folds, the split's part of them. */
export async function openDataset(
  registry: Registry,
  config: Config,
  split: Split,
  spec: ResolvedSpec,
  baseFolder: string,
): Promise<Dataset> {
  const dataset = createDataset(registry, config, split, spec, baseFolder);
  await dataset.prepare();
  return foldOf(dataset, config.data.fold, split);
}

/**
 * Makes the config's metrics.
 * @param loss - Decides whether the network makes labels or images.
 * @throws ConfigError if a metric compares the other.
 */
export function createMetrics(
  registry: Registry,
  config: Config,
  { activation }: Pick<Loss, 'activation'>,
): Metric[] {
  const { labels } = config.data;
  const made = activation === 'none' ? 'images' : 'labels';
  return config.metrics.map((spec, index) => {
    const path = `metrics.${String(index)}`;
    const metric = registry.create('metric', spec, { labels }, { path });
    const { compares = made } = metric;
    if (compares === made) return metric;
    const fitting = made === 'images' ? '["psnr", "ssim"]' : '["segmentation"]';
    const message = `"${spec.name}" compares ${compares}, but with the loss "${config.loss.name}" the network makes ${made}; use metrics: ${fitting}`;
    throw new ConfigError(`${path}: ${message}.`, [{ path, message }]);
  });
}
