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

/** Makes the transforms of one list of the config. */
export function createTransforms(
  registry: Registry,
  config: Config,
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

/** Makes a data set and checks its files; where the config divides the training images into folds, the split's part of them. */
export async function openDataset(
  registry: Registry,
  config: Config,
  split: 'train' | 'validation' | 'test',
  spec: ResolvedSpec,
  baseFolder: string,
): Promise<Dataset> {
  const { labels } = config.data;
  const scope = { path: `data.${split}`, random: randomStream(config.seed) };
  const dataset = registry.create('dataset', spec, { labels, baseFolder }, scope);
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
