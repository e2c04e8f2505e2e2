import { relative } from 'node:path';

import { version } from '../../package.json';
import type { Config } from '../config/config-schema.js';
import type { SegmentationModel } from '../model/segmentation-model.js';
import { checkpointPaths, createRunFolder, freshFolder } from './run-folder.js';
import { collectWeights, writeTensors } from './weights.js';

/** Where a run writes and where its config came from. */
export interface RunPlace {
  /** The folder to create; a number is appended if it exists. `null` writes nothing. */
  readonly folder: string | null;
  /** Folder where relative paths in the config start. */
  readonly baseFolder: string;
  readonly configFile: string | null;
}

/**
 * Creates a run's folder, unless the place has none.
 * @param engine - Name of the engine that was started.
 * @returns The folder.
 */
export async function startRunFolder(
  config: Config,
  engine: string,
  place: RunPlace,
  model: SegmentationModel,
): Promise<string | null> {
  if (place.folder === null) return null;
  const folder = freshFolder(place.folder);
  await createRunFolder(folder, config, {
    createdAt: new Date().toISOString(),
    engine,
    node: process.version,
    segkit: version,
    inChannels: model.inChannels,
    parameters: model.parameterCount,
    // Relative, so that a project's folder can be moved.
    configFile: place.configFile && relative(folder, place.configFile),
    baseFolder: relative(folder, place.baseFolder),
  });
  return folder;
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
  const folder = await startRunFolder(config, engine, place, model);
  if (folder !== null) {
    const { weights } = checkpointPaths(folder, 'last');
    await writeTensors(weights, await collectWeights(model), { framework: 'segkit' });
  }
  return folder;
}
