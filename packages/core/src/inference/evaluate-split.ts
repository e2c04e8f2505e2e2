import type { Loss } from '../components/loss.js';
import { parseConfig, type Config } from '../config/config-schema.js';
import { ConfigError } from '../errors.js';
import { createMetrics, openDataset } from '../loading/create-data.js';
import { specOfSplit } from '../loading/fold-dataset.js';
import { WeightMaps } from '../loading/weight-maps.js';
import type { Spec } from '../registry/component-kinds.js';
import type { Registry } from '../registry/registry.js';
import { evaluate, type Evaluation, type EvaluationPlan } from './evaluate.js';

/** The parts of a config's data. */
export type Split = 'train' | 'validation' | 'test';

/** What an evaluation of a trained run shall do besides computing the config's metrics. */
export interface EvaluateOptions extends Pick<EvaluationPlan, 'onImage' | 'tiling'> {
  /** Metrics to compute as well; those that the config names already keep the config's options. */
  readonly metrics?: readonly Spec<'metric'>[];
  /** Whether all metrics are computed of every image by itself too, see `Evaluation.perImage`. Default false. */
  readonly scoreImages?: boolean;
}

/** Where the data sets of a run stand. */
export interface SplitPlace {
  readonly split: Split;
  /** Relative paths of the config start here. */
  readonly baseFolder: string;
}

/**
 * Evaluates a network on a split of a config's data.
 * @throws ConfigError if the config has no such split, or a metric is unknown or compares what the network does not make.
 */
export async function evaluateSplit(
  registry: Registry,
  config: Config,
  { split, baseFolder }: SplitPlace,
  parts: Pick<EvaluationPlan, 'model' | 'transforms'> & { readonly loss: Loss },
  { metrics = [], scoreImages = false, onImage, tiling }: EvaluateOptions,
): Promise<Evaluation> {
  const spec = specOfSplit(config, split);
  if (spec === null) {
    throw new ConfigError(`evaluate: the run's config has no data.${split}; choose another split.`);
  }
  const extended = withMetrics(registry, config, metrics);
  const create = () => createMetrics(registry, extended, parts.loss);
  return evaluate({
    ...parts,
    labels: config.data.labels,
    metrics: create(),
    ...(scoreImages && { imageMetrics: create() }),
    ...(onImage && { onImage }),
    tiling,
    dataset: await openDataset(registry, config, split, spec, baseFolder),
    weightMaps: new WeightMaps(parts.loss),
  });
}

function withMetrics(
  registry: Registry,
  config: Config,
  metrics: readonly Spec<'metric'>[],
): Config {
  const known = new Set(config.metrics.map(({ name }) => name));
  const added = metrics.filter((spec) => !known.has(nameOf(spec)));
  if (added.length === 0) return config;
  return parseConfig(registry, { ...config, metrics: [...config.metrics, ...added] });
}

function nameOf(spec: string | { readonly name: string }): string {
  return typeof spec === 'string' ? spec : spec.name;
}
