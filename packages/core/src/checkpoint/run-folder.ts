import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as z from 'zod';

import { CheckpointError, messageOf } from '../errors.js';
import type { Config } from '../config/config-schema.js';
import type { GitState, Machine } from './origin.js';
import { writeDurably } from './write-durably.js';

/** What a run says about itself in `run.json`. */
export interface RunRecord {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly engine: string;
  readonly node: string;
  /** Version of @segkit/core. */
  readonly segkit: string;
  readonly machine: Machine;
  /** State of the repository that the config lies in; `null` outside of one. */
  readonly git: GitState | null;
  /** Channels of the images. */
  readonly inChannels: number;
  /** Trainable scalars. */
  readonly parameters: number;
  /** The config file the run came from, relative to the run's folder; `null` if it was started from code. */
  readonly configFile: string | null;
  /** Folder where relative paths in the config start, relative to the run's folder. */
  readonly baseFolder: string;
}

const runRecord = z.object({
  createdAt: z.string(),
  engine: z.string(),
  node: z.string(),
  segkit: z.string(),
  machine: z.object({
    platform: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
  }),
  git: z.object({ commit: z.string(), isDirty: z.boolean() }).nullable(),
  inChannels: z.number().int().positive(),
  parameters: z.number().int().nonnegative(),
  configFile: z.string().nullable(),
  baseFolder: z.string(),
});

/** A folder that does not exist yet: `folder`, or `folder-2`, `folder-3`, …, so that no run overwrites another. */
export function freshFolder(folder: string): string {
  if (!existsSync(folder)) return folder;
  for (let attempt = 2; ; attempt++) {
    const candidate = `${folder}-${String(attempt)}`;
    if (!existsSync(candidate)) return candidate;
  }
}

/** Writes a run's resolved config and its record into its folder, which exists. */
export async function fillRunFolder(
  folder: string,
  config: Config,
  record: RunRecord,
): Promise<void> {
  await writeJson(join(folder, 'config.json'), config);
  await writeJson(join(folder, 'run.json'), record);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeDurably(path, [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)]);
}

/**
 * Reads a run's record and stored config.
 * @throws CheckpointError if the folder is no run.
 */
export async function readRunFolder(
  folder: string,
): Promise<{ readonly record: RunRecord; readonly config: unknown }> {
  const read = async (file: string): Promise<unknown> => {
    const path = join(folder, file);
    try {
      return JSON.parse(await readFile(path, 'utf8')) as unknown;
    } catch (error) {
      throw new CheckpointError(
        `${folder}: is no run of segkit, because ${file} cannot be read (${messageOf(error)}); ` +
          'give the folder that "segkit train" printed.',
        { cause: error },
      );
    }
  };
  const record = runRecord.safeParse(await read('run.json'));
  if (!record.success) throw new CheckpointError(`${join(folder, 'run.json')}: is damaged.`);
  return { record: record.data, config: await read('config.json') };
}
