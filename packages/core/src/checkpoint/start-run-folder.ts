import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { relative } from 'node:path';

import { version } from '../../package.json';
import type { Config } from '../config/config-schema.js';
import { CheckpointError, messageOf } from '../errors.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import { checkpointFolder } from './checkpoint-files.js';
import { runBeginning, untroubled } from './checkpoint-state.js';
import { CheckpointStore } from './checkpoint-store.js';
import { removeUnfinishedFolders, unfinishedFolder } from './leftovers.js';
import { describeGit, describeMachine } from './origin.js';
import { fillRunFolder, freshFolder, type RunRecord } from './run-folder.js';
import { heldLock, lockRun, type RunLock } from './run-lock.js';
import { collectWeights } from './weights.js';

/** Where a run writes and where its config came from. */
export interface RunPlace {
  /** The folder to create; a number is appended if it exists. `null` writes nothing. */
  readonly folder: string | null;
  /** Folder where relative paths in the config start. */
  readonly baseFolder: string;
  readonly configFile: string | null;
}

/** A run's folder, kept for this process. */
export interface StartedFolder {
  /** `null` if nothing is written. */
  readonly folder: string | null;
  readonly lock: RunLock | null;
}

/**
 * Creates a run's folder, unless the place has none. It appears with everything in it, or not at all.
 * @param engine - Name of the engine that was started.
 * @throws CheckpointError if the disk refuses.
 */
export async function startRunFolder(
  config: Config,
  engine: string,
  place: RunPlace,
  model: SegmentationModel,
): Promise<StartedFolder> {
  if (place.folder === null) return { folder: null, lock: null };
  await removeUnfinishedFolders(place.folder);
  for (;;) {
    const folder = freshFolder(place.folder);
    const aside = unfinishedFolder(folder);
    try {
      await rm(aside, { recursive: true, force: true });
      await mkdir(checkpointFolder(aside), { recursive: true });
      await lockRun(aside);
      await fillRunFolder(aside, config, await recordOf(folder, engine, place, model));
      await rename(aside, folder);
      return { folder, lock: heldLock(folder) };
    } catch (error) {
      await rm(aside, { recursive: true, force: true }).catch(() => undefined);
      // Another process may have made a folder of this name in the meantime.
      if (!existsSync(folder)) throw cannotCreate(folder, error);
    }
  }
}

function cannotCreate(folder: string, cause: unknown): CheckpointError {
  return new CheckpointError(`${folder}: cannot be created (${messageOf(cause)}).`, { cause });
}

async function recordOf(
  folder: string,
  engine: string,
  place: RunPlace,
  model: SegmentationModel,
): Promise<RunRecord> {
  return {
    createdAt: new Date().toISOString(),
    engine,
    node: process.version,
    segkit: version,
    machine: describeMachine(),
    git: await describeGit(place.baseFolder),
    inChannels: model.inChannels,
    parameters: model.parameterCount,
    // Relative, so that a project's folder can be moved.
    configFile: place.configFile && relative(folder, place.configFile),
    baseFolder: relative(folder, place.baseFolder),
  };
}

/**
 * Creates the folder of a run that was trained elsewhere: its last checkpoint holds a network's weights, so that it can
 * be evaluated and predicted with.
 * @param engine - Name of the engine that was started.
 * @returns The folder; `null` if the place has none.
 */
export async function createRun(
  config: Config,
  engine: string,
  place: RunPlace,
  model: SegmentationModel,
): Promise<string | null> {
  const { folder, lock } = await startRunFolder(config, engine, place, model);
  if (folder === null) return null;
  const store = new CheckpointStore(folder);
  store.save({
    names: [{ name: 'last', note: {} }],
    keep: 1,
    tensors: { weights: await collectWeights(model), optimizer: null },
    state: {
      format: 1,
      seed: config.seed,
      engine,
      trainSamples: 0,
      position: runBeginning,
      guards: untroubled,
      schedule: null,
      callbacks: [],
    },
  });
  await store.settle();
  lock?.release();
  if (store.failure !== undefined) throw store.failure;
  return folder;
}
