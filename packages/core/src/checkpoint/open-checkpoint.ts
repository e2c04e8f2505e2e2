import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { NamedArray } from '../components/optimizer.js';
import { CheckpointError, messageOf } from '../errors.js';
import { nearestFirst } from '../registry/describe-issue.js';
import { decodeSafetensors } from '../weights/safetensors.js';
import {
  checkpointOfStep,
  checkpointPaths,
  listCheckpoints,
  pointerPath,
} from './checkpoint-files.js';
import { readPointer } from './checkpoint-pointer.js';
import { decodeState, type CheckpointState } from './checkpoint-state.js';

/** A checkpoint whose record was read. */
export interface FoundCheckpoint {
  /** What it was asked for by: `last`, `best`, `step-120` … */
  readonly name: string;
  /** As its files are named, e.g. `step-120`. */
  readonly checkpoint: string;
  readonly state: CheckpointState;
}

/** A checkpoint with its tensors, all checked. */
export interface WholeCheckpoint extends FoundCheckpoint {
  /** In PyTorch's layout. */
  readonly weights: ReadonlyMap<string, NamedArray>;
  /** `null` if it holds weights alone. */
  readonly optimizer: ReadonlyMap<string, NamedArray> | null;
}

/**
 * Finds a checkpoint.
 * @param name - `last`, `best`, `step-120` …; default: `best` if there is one, else `last`.
 * @throws CheckpointError if the run has none of that name, or its record is damaged.
 */
export async function findCheckpoint(run: string, name?: string): Promise<FoundCheckpoint> {
  const { steps, names } = await listCheckpoints(run);
  const all = [...names, ...steps.map(checkpointOfStep)];
  const candidates = name === undefined ? ['best', 'last'] : [name];
  const found = candidates.find((candidate) => all.includes(candidate));
  if (found === undefined) {
    const wanted = candidates.map((candidate) => `"${candidate}"`).join(' or ');
    const others = nearestFirst(candidates[0] ?? '', all);
    throw new CheckpointError(
      `${run}: has no checkpoint ${wanted}; ` +
        (others.length === 0
          ? 'train with the callback "checkpoint".'
          : `it has ${others.join(', ')}.`),
    );
  }
  const checkpoint = names.includes(found) ? await readPointer(pointerPath(run, found)) : found;
  const path = checkpointPaths(run, checkpoint).state;
  return { name: found, checkpoint, state: decodeState(await read(path), path) };
}

/**
 * Reads a checkpoint's tensors and holds them against its record.
 * @throws CheckpointError if a file is missing, cut short or changed.
 */
export async function readCheckpoint(
  run: string,
  found: FoundCheckpoint,
): Promise<WholeCheckpoint> {
  const { weights, optimizer } = checkpointPaths(run, found.checkpoint);
  const { files } = found.state;
  return {
    ...found,
    weights: await readTensors(weights, files.weights),
    optimizer: files.optimizer && (await readTensors(optimizer, files.optimizer)),
  };
}

/** A checkpoint's weights alone. */
export type RunWeights = Pick<WholeCheckpoint, 'name' | 'checkpoint' | 'weights'>;

/**
 * Reads the weights of a run without building its network.
 * @param name - Default `best` if there is one, else `last`.
 * @throws CheckpointError if the run has no such checkpoint, or it is damaged.
 */
export async function readRunWeights(run: string, name?: string): Promise<RunWeights> {
  const found = await findCheckpoint(run, name);
  const { weights } = checkpointPaths(run, found.checkpoint);
  return { ...found, weights: await readTensors(weights, found.state.files.weights) };
}

/**
 * The newest checkpoint that is whole: the last, or, if that is damaged, the one before.
 * @param warn - Told what is wrong with those that were passed over.
 * @throws CheckpointError if there is none.
 */
export async function readNewestCheckpoint(
  run: string,
  warn: (message: string) => void,
): Promise<WholeCheckpoint> {
  const { steps } = await listCheckpoints(run);
  let failure: unknown;
  for (const name of steps.map(checkpointOfStep)) {
    try {
      return await readCheckpoint(run, await findCheckpoint(run, name));
    } catch (error) {
      failure ??= error;
      warn(`${messageOf(error)} The checkpoint before it is taken.`);
    }
  }
  const reason = failure === undefined ? '' : ` (${messageOf(failure)})`;
  throw new CheckpointError(
    `${run}: has no checkpoint to go on from${reason}; start the run anew, or train with the callback "checkpoint".`,
    { cause: failure },
  );
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CheckpointError(`${path}: cannot be read (${messageOf(error)}).`, { cause: error });
  }
}

async function readTensors(
  path: string,
  expected: CheckpointState['files']['weights'],
): Promise<ReadonlyMap<string, NamedArray>> {
  const file = await read(path);
  if (file.length !== expected.bytes) {
    throw new CheckpointError(
      `${path}: is damaged: expected ${String(expected.bytes)} bytes, found ${String(file.length)}.`,
    );
  }
  if (createHash('sha256').update(file).digest('hex') !== expected.sha256) {
    throw new CheckpointError(
      `${path}: is damaged: its checksum is not the one it was saved with.`,
    );
  }
  return decodeSafetensors(file, path).tensors;
}
