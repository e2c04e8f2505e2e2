import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Logger } from '../components/logger.js';
import type { Config } from '../config/config-schema.js';
import type { Registry } from '../registry/registry.js';
import { openPretrained } from '../weights/open-pretrained.js';
import { LearningRateRange, rateAt, type LearningRatePoint } from './learning-rate-range.js';
import { createOptimizer, prepareParts, type RunParts } from './prepare-run.js';
import { trainStep } from './train-step.js';

/** How a range test is made. */
export interface LearningRateSearchOptions {
  /** The first rate. Default 1e-7. */
  readonly from?: number;
  /** The last rate. Default 10. */
  readonly to?: number;
  /** Steps between them. Default 100. */
  readonly steps?: number;
  /** Aborting it ends the test with the steps so far. */
  readonly signal?: AbortSignal;
  /** Told of every step. */
  readonly onStep?: (point: { readonly step: number; readonly learningRate: number }) => void;
}

/** What a range test found. */
export interface LearningRateSearch {
  readonly points: readonly LearningRatePoint[];
  /** The rate at which the loss fell steepest; `null` if it never fell. */
  readonly suggestion: number | null;
}

/**
 * Leslie Smith's range test: trains a config's network from its first weights while the rate rises exponentially, until the loss
 * diverges or the last rate is reached. The schedule, validations and callbacks are left out; nothing is kept.
 * @param engine - Name of the engine that was started.
 * @throws SegkitError saying what is wrong with the config.
 * @see https://arxiv.org/abs/1506.01186
 */
export async function findLearningRate(
  registry: Registry,
  config: Config,
  engine: string,
  baseFolder: string,
  options: LearningRateSearchOptions,
  logger: Logger,
): Promise<LearningRateSearch> {
  const quiet = { ...config, callbacks: [] };
  const parts = await prepareParts(registry, quiet, engine, { baseFolder, logger });
  const { model, random } = parts;
  const assignPretrained = await openPretrained(registry, model.backbone, baseFolder, logger);
  try {
    model.initialize(random.fork('weights'));
    assignPretrained();
    const range = await climb(parts, createOptimizer(registry, config, model), options);
    return { points: range.points, suggestion: range.suggestion() };
  } finally {
    model.dispose();
  }
}

async function climb(
  { model, loss, loader, random, train, freezer }: RunParts,
  optimizer: ReturnType<typeof createOptimizer>,
  { from = 1e-7, to = 10, steps = 100, signal, onStep }: LearningRateSearchOptions,
): Promise<LearningRateRange> {
  const range = new LearningRateRange();
  try {
    for (let step = 0; step < steps && signal?.aborted !== true; step++) {
      const { batchesPerEpoch } = loader;
      const epoch = 1 + Math.floor(step / batchesPerEpoch);
      const samples = await loader.batch(epoch, step % batchesPerEpoch);
      freezer.apply(step);
      const learningRate = rateAt(step, steps, from, to);
      const mode = { training: true, random: random.fork('step').fork(step + 1) } as const;
      const plan = { model, loss, optimizer, learningRate, mode, clip: train };
      const { verdict } = await trainStep(
        { ...plan, batchSize: train.batchSize },
        samples,
        ({ loss: value }) => ({ action: range.add(learningRate, value) ? 'skip' : 'update' }),
      );
      onStep?.({ step: step + 1, learningRate });
      if (verdict.action === 'skip') break;
      // Timers and signals are heard between steps.
      await nextTurn();
    }
    return range;
  } finally {
    optimizer.dispose();
  }
}
