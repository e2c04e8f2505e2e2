import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { CheckpointError, messageOf } from '../errors.js';

// A run's checkpoints are files that never change once they are whole: `step-120.safetensors` (weights),
// `step-120.optimizer.safetensors` and `step-120.json`, which is written last and holds the others' checksums. `last.json`,
// `best.json` and other names point to one of them.

/** The folder of a run's checkpoints. */
export function checkpointFolder(run: string): string {
  return join(run, 'checkpoints');
}

/** The checkpoint of a step, as its files are named. */
export function checkpointOfStep(step: number): string {
  return `step-${String(step)}`;
}

/** Where the parts of a step's checkpoint lie. */
export function checkpointPaths(run: string, checkpoint: string) {
  const base = join(checkpointFolder(run), checkpoint);
  return {
    weights: `${base}.safetensors`,
    optimizer: `${base}.optimizer.safetensors`,
    state: `${base}.json`,
  };
}

/** Where a name such as `last` says which checkpoint it stands for. */
export function pointerPath(run: string, name: string): string {
  return join(checkpointFolder(run), `${name}.json`);
}

/** What lies in a folder of checkpoints. */
export interface CheckpointList {
  /** Steps of whole checkpoints, the newest first. */
  readonly steps: readonly number[];
  /** Names that point to one, such as `best` and `last`. */
  readonly names: readonly string[];
  readonly files: readonly string[];
}

/**
 * Lists a run's checkpoints; a folder that does not exist has none.
 * @throws CheckpointError if the disk does not tell: a run must not begin again because of it.
 */
export async function listCheckpoints(run: string): Promise<CheckpointList> {
  const folder = checkpointFolder(run);
  const files = await readdir(folder).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CheckpointError(`${folder}: cannot be read (${messageOf(cause)}).`, { cause });
  });
  const records = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
  const stepOf = (record: string): number | undefined => {
    const [, digits] = /^step-(\d+)$/.exec(record) ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  return {
    steps: records.flatMap((record) => stepOf(record) ?? []).sort((a, b) => b - a),
    names: records.filter((record) => stepOf(record) === undefined).sort(),
    files,
  };
}
