import { resolve } from 'node:path';

import { checkpointPaths } from '../checkpoint/checkpoint-files.js';
import { readRunWeights } from '../checkpoint/open-checkpoint.js';
import { readRunFolder, type RunRecord } from '../checkpoint/run-folder.js';
import { applyWeights } from '../checkpoint/weights.js';
import type { Logger } from '../components/logger.js';
import { parseConfig, type Config } from '../config/config-schema.js';
import { buildNetwork } from '../model/build-model.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import type { Registry } from '../registry/registry.js';
import { startEngine } from '../registry/start-engine.js';
import { createTransforms } from '../loading/create-data.js';
import type { Evaluation } from './evaluate.js';
import { evaluateSplit, type EvaluateOptions, type Split } from './evaluate-split.js';
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
  /** What the network makes: class labels, or images. */
  readonly makes: 'labels' | 'images';
  readonly model: SegmentationModel;
  readonly predictor: Predictor;
  /**
   * Evaluates on a split of the config's data.
   * @param split - Default `validation`.
   * @throws ConfigError if the config has no such split, or an added metric is wrong.
   */
  evaluate(split?: Split, options?: EvaluateOptions): Promise<Evaluation>;
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
    makes: loss.activation === 'none' ? 'images' : 'labels',
    model,
    predictor: createPredictor(model, loss.activation, transforms),
    evaluate: (split = 'validation', options = {}) => {
      const place = { split, baseFolder: resolve(folder, record.baseFolder) };
      return evaluateSplit(registry, config, place, { model, loss, transforms }, options);
    },
    dispose: () => {
      model.dispose();
    },
  };
}
