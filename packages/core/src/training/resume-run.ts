import { resolve } from 'node:path';

import { listCheckpoints } from '../checkpoint/checkpoint-files.js';
import type { CheckpointState } from '../checkpoint/checkpoint-state.js';
import { removeLeftovers } from '../checkpoint/leftovers.js';
import { readNewestCheckpoint, type WholeCheckpoint } from '../checkpoint/open-checkpoint.js';
import { readRunFolder } from '../checkpoint/run-folder.js';
import { lockRun } from '../checkpoint/run-lock.js';
import { applyWeights } from '../checkpoint/weights.js';
import type { Logger } from '../components/logger.js';
import { parseConfig, type Config } from '../config/config-schema.js';
import { CheckpointError } from '../errors.js';
import type { Registry } from '../registry/registry.js';
import { startEngine } from '../registry/start-engine.js';
import { openPretrained } from '../weights/open-pretrained.js';
import { beginning, prepareParts, type RunParts, type TrainedState } from './prepare-run.js';
import { restoreCheckpoint, trainingTensors } from './restore-checkpoint.js';
import type { RunPlan } from './run-plan.js';

/** How an interrupted run is taken up. */
export interface ResumeChanges {
  /** Changes the stored config before it is parsed, e.g. to train for longer. */
  readonly edit?: (config: unknown) => unknown;
}

/**
 * Prepares a run to go on from its newest whole checkpoint, or from its beginning if it has none yet. With the same engine and
 * number of threads its weights become those of a run that was never interrupted, bit for bit.
 * @param folder - The run's folder; it is locked.
 * @throws CheckpointError if the folder is no run, is in use, or its checkpoints do not fit the config or the data.
 */
export async function resumeRun(
  registry: Registry,
  folder: string,
  { edit = (config) => config }: ResumeChanges,
  logger: Logger,
): Promise<RunPlan> {
  const { record, config: stored } = await readRunFolder(folder);
  const config = parseConfig(registry, edit(stored));
  const lock = await lockRun(folder);
  try {
    await removeLeftovers(folder);
    const warnings: string[] = [];
    const { steps } = await listCheckpoints(folder);
    const checkpoint =
      steps.length === 0
        ? undefined
        : await readNewestCheckpoint(folder, (message) => warnings.push(message));
    // The engine that the run was trained on, even where a better one starts by now.
    const engine = checkpoint?.state.engine ?? record.engine;
    await startEngine(registry, engineOf(config, engine), logger);
    const baseFolder = resolve(folder, record.baseFolder);
    const parts = await prepareParts(registry, config, config.engine?.name ?? engine, {
      baseFolder,
      logger,
    });
    const restored =
      checkpoint === undefined
        ? await begin(registry, config, parts, baseFolder, logger)
        : restore(registry, config, parts, folder, checkpoint);
    return { ...parts, ...restored, folder, lock, warnings };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function engineOf(config: Config, name: string): NonNullable<Config['engine']> {
  return config.engine ?? { name };
}

async function begin(
  registry: Registry,
  config: Config,
  { model, random }: RunParts,
  baseFolder: string,
  logger: Logger,
): Promise<TrainedState> {
  const assignPretrained = await openPretrained(registry, model.backbone, baseFolder, logger);
  model.initialize(random.fork('weights'));
  assignPretrained();
  return beginning(registry, config, model);
}

function restore(
  registry: Registry,
  config: Config,
  parts: RunParts,
  folder: string,
  checkpoint: WholeCheckpoint,
): TrainedState {
  const where = `${folder}, checkpoint ${checkpoint.checkpoint}`;
  const { state } = checkpoint;
  const tensors = trainingTensors(where, checkpoint);
  expectSameRun(where, state, config, parts.trainSamples);
  // Allocates the weights that the optimiser and the averages are made for.
  applyWeights(parts.model, tensors.trained, where);
  const made = beginning(registry, config, parts.model);
  try {
    restoreCheckpoint({ ...parts, ...made }, where, tensors, state);
  } catch (error) {
    made.optimizer.dispose();
    made.averages?.dispose();
    throw error;
  }
  return { ...made, start: state.position, guards: state.guards };
}

function expectSameRun(
  where: string,
  state: CheckpointState,
  config: Config,
  trainSamples: number,
): void {
  if (state.trainSamples !== trainSamples) {
    throw new CheckpointError(
      `${where}: was saved with ${String(state.trainSamples)} training samples, data.train has ${String(trainSamples)} now; ` +
        'restore the data, or start a new run.',
    );
  }
  if (state.seed !== config.seed) {
    throw new CheckpointError(
      `${where}: was saved with seed ${String(state.seed)}, the config says ${String(config.seed)}; resume with the same seed.`,
    );
  }
}
