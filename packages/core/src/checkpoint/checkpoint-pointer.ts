import { readFile } from 'node:fs/promises';

import * as z from 'zod';

import type { StateValue } from '../components/state-value.js';
import { CheckpointError } from '../errors.js';
import { sealJson, unsealJson } from './sealed-json.js';
import { writeDurably } from './write-durably.js';

/** A name that a checkpoint is saved under. */
export interface CheckpointName {
  /** `last`, `best`, … */
  readonly name: string;
  /** Written beside the name, for people who look: which score was the best, say. */
  readonly note: Readonly<Record<string, StateValue>>;
}

const pointer = z.object({ checkpoint: z.string().regex(/^step-\d+$/) });
const key = 'pointer';

/** Lets a name's file stand for a checkpoint. A changed digit must not make it stand for another: it has a checksum. */
export async function writePointer(
  path: string,
  checkpoint: string,
  note: CheckpointName['note'],
): Promise<void> {
  await writeDurably(path, [sealJson(key, JSON.stringify({ checkpoint, ...note }, null, 2))]);
}

/**
 * The checkpoint that a name's file stands for.
 * @throws CheckpointError if the file does not tell.
 */
export async function readPointer(path: string): Promise<string> {
  try {
    const file = await readFile(path);
    // Plain indented JSON, without a checksum, is of a version before.
    const body = file.toString().startsWith('{\n') ? file.toString() : unsealJson(file, key, path);
    return pointer.parse(JSON.parse(body)).checkpoint;
  } catch (cause) {
    throw new CheckpointError(
      `${path}: does not say which checkpoint it stands for; name one by its step, e.g. "step-120".`,
      { cause },
    );
  }
}
