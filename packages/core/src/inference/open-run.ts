import { resolve } from 'node:path';

import { checkpointPaths } from '../checkpoint/checkpoint-files.js';
import { readRunWeights } from '../checkpoint/open-checkpoint.js';
import { readRunFolder, type RunRecord } from '../checkpoint/run-folder.js';
import { applyWeights } from '../checkpoint/weights.js';
import type { Logger } from '../components/logger.js';
import type { Loss } from '../components/loss.js';
import { parseConfig, type Config } from '../config/config-schema.js';
import { ConfigError } from '../errors.js';
import { buildNetwork } from '../model/build-model.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { Registry } from '../registry/registry.js';
import { startEngine } from '../registry/start-engine.js';
import { createMetrics, createTransforms, openDataset } from '../loading/create-data.js';
import { specOfSplit } from '../loading/fold-dataset.js';
import { WeightMaps } from '../loading/weight-maps.js';
import { evaluate, type Evaluation, type EvaluationPlan } from './evaluate.js';
import { createPredictor, type Predictor } from './predictor.js';

/** Which weights of a run to take. */
export interface OpenRunOptions {
  /** Name of a checkpoint; default `best` if there is one, else `last`. */
  readonly checkpoint?: string;
}

/** A trained network with the config it was trained by. */
export interface TrainedRun {
  readonly config: Config;
  readonly record: RunRecord;
  /** The name of the checkpoint that was loaded, e.g. `best`. */
  readonly checkpoint: string;
  readonly model: SegmentationModel;
  readonly predictor: Predictor;
  /**
   * Evaluates on a split of the config's data.
   * @param split - Default `validation`.
   * @throws ConfigError if the config has no such split.
   */
  evaluate(
    split?: 'train' | 'validation' | 'test',
    options?: Pick<EvaluationPlan, 'onImage'>,
  ): Promise<Evaluation>;
  /** Frees the weights. */
  dispose(): void;
}

/**
 * Opens a run's folder.
 * @throws CheckpointError if the folder is no run, or its weights are missing, damaged or do not fit.
 */
export async function openRun(
  registry: Registry,
  folder: string,
  { checkpoint }: OpenRunOptions,
  logger: Logger,
): Promise<TrainedRun> {
  const { record, config: stored } = await readRunFolder(folder);
  const config = parseConfig(registry, stored);
  const taken = await readRunWeights(folder, checkpoint);
  await startEngine(registry, config.engine, logger);
  const { loss, model } = buildNetwork(registry, config, record.inChannels);
  applyWeights(model, taken.weights, checkpointPaths(folder, taken.checkpoint).weights);
  const transforms = createTransforms(registry, config, 'validation');
  return {
    config,
    record,
    checkpoint: taken.name,
    model,
    predictor: createPredictor(model, loss.activation, transforms),
    evaluate: (split = 'validation', options = {}) =>
      evaluateSplit(registry, config, resolve(folder, record.baseFolder), split, {
        ...options,
        model,
        loss,
        transforms,
      }),
    dispose: () => {
      model.dispose();
    },
  };
}

async function evaluateSplit(
  registry: Registry,
  config: Config,
  baseFolder: string,
  split: 'train' | 'validation' | 'test',
  parts: Pick<EvaluationPlan, 'model' | 'transforms' | 'onImage'> & { readonly loss: Loss },
): Promise<Evaluation> {
  const spec = specOfSplit(config, split);
  if (spec === null) {
    throw new ConfigError(`evaluate: the run's config has no data.${split}; choose another split.`);
  }
  const { labels } = config.data;
  return evaluate({
    ...parts,
    labels,
    dataset: await openDataset(registry, config, split, spec, baseFolder),
    metrics: createMetrics(registry, config, parts.loss),
    weightMaps: new WeightMaps(parts.loss),
  });
}
