import type { Dataset } from '../components/dataset.js';
import type { Metric } from '../components/metric.js';
import type { Transform } from '../components/transform.js';
import type { Config } from '../config/config-schema.js';
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

/** Makes a data set and checks its files. */
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
  return dataset;
}

/** Makes the config's metrics. */
export function createMetrics(registry: Registry, config: Config): Metric[] {
  const { labels } = config.data;
  return config.metrics.map((spec, index) =>
    registry.create('metric', spec, { labels }, { path: `metrics.${String(index)}` }),
  );
}
