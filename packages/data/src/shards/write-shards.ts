import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { DataError, type LabelSchema, type Sample } from '@segkit/core';

import type { SplitName } from '../audit/audit-report.js';
import { openSplit, type AuditedSplit, type OpenedSplit } from '../audit/read-split.js';
import { expectRoom, inFolderOfItsOwn } from '../files/new-folder.js';
import { sampleParts } from './sample-parts.js';
import { TarWriter } from './tar-writer.js';

/** How shards are written. */
export interface WriteShardsOptions {
  /** A tar that has so many bytes is followed by the next. Default 256 MiB. */
  readonly bytes?: number;
  readonly onProgress?: (done: number, all: number) => void;
}

/** What was written. */
export interface WrittenShards {
  /** Absolute path. */
  readonly folder: string;
  /** Name of a config in the folder that has the data section. */
  readonly config: string;
  readonly splits: readonly {
    readonly name: SplitName;
    readonly samples: number;
    readonly shards: number;
  }[];
}

/** Samples that are decoded at a time. */
const ahead = 4;

const configName = 'segkit.config.json';

/**
 * Writes data sets as tar shards that the data set `shards` reads, with a config for them. The folder appears at once and
 * whole.
 * @param splits - Data sets by their names in the config.
 * @param folder - A new or empty folder.
 * @throws DataError if a sample cannot be read or not be written exactly, or the folder holds something.
 */
export async function writeShards(
  splits: readonly AuditedSplit[],
  labels: LabelSchema,
  folder: string,
  { bytes = 256 * 2 ** 20, onProgress }: WriteShardsOptions = {},
): Promise<WrittenShards> {
  const target = resolve(folder);
  await expectRoom(target);
  const opened = await Promise.all(splits.map(openSplit));
  const all = opened.reduce((sum, { inspector }) => sum + inspector.length, 0);
  let done = 0;
  return inFolderOfItsOwn(target, async (place) => {
    const written: WrittenSplit[] = [];
    for (const split of opened) {
      const writer = new TarWriter({ folder: place, prefix: split.name, bytes });
      try {
        written.push(await writeSplit(split, labels, writer, () => onProgress?.(++done, all)));
      } finally {
        await writer.close();
      }
    }
    const config = { name: 'shards', data: { labels: labelsOf(labels), ...specsOf(written) } };
    await writeFile(join(place, configName), `${JSON.stringify(config, null, 2)}\n`);
    const told = written.map(({ name, samples, shards }) => ({
      name,
      samples,
      shards: shards.length,
    }));
    return { folder: target, config: configName, splits: told };
  });
}

interface WrittenSplit {
  readonly name: SplitName;
  readonly samples: number;
  readonly shards: readonly string[];
  /** Whether masks are object ids. */
  readonly byIds: boolean;
}

async function writeSplit(
  { name, inspector, failure }: OpenedSplit,
  labels: LabelSchema,
  writer: TarWriter,
  onSample: () => void,
): Promise<WrittenSplit> {
  if (failure !== undefined) throw new DataError(failure);
  const keys = new Set<string>();
  let byIds = false;
  const read = async (index: number) => {
    const { sample, files, id, problem } = await inspector.read(index);
    if (sample === undefined) throw new DataError(problem?.message ?? `${id}: nothing was read.`);
    byIds ||= sample.instances !== undefined;
    return { key: keyOf(sample), parts: await sampleParts(sample, labels, files[0]) };
  };
  for (let from = 0; from < inspector.length; from += ahead) {
    const count = Math.min(ahead, inspector.length - from);
    const some = Array.from({ length: count }, (_, index) => read(from + index));
    for (const { key, parts } of await Promise.all(some)) {
      if (keys.size === keys.add(key).size) {
        throw new DataError(`${name}: expected every name once, found ${key} twice.`);
      }
      await writer.add(new Map([...parts].map(([part, bytes]) => [`${key}.${part}`, bytes])));
      onSample();
    }
  }
  const [problem] = inspector.conclude();
  if (problem !== undefined) throw new DataError(problem.message);
  return { name, samples: inspector.length, shards: writer.names, byIds };
}

/** A key ends at the first dot of the name. */
function keyOf({ id }: Sample): string {
  const [name = '', ...above] = id.split('/').reverse();
  return [...above.reverse(), name.replaceAll('.', '_')].join('/');
}

/** The classes as they are written: by their ids, with 255 for what is ignored. */
function labelsOf({ classes, ignoreIndex }: LabelSchema) {
  const written = classes.map(({ name, color, id }) => ({
    name,
    color,
    ...(id !== undefined && { id }),
  }));
  return { classes: written, ignoreIndex, ignoreValues: [255] };
}

function specsOf(splits: readonly WrittenSplit[]): Record<string, unknown> {
  const entries = splits.map(({ name, shards, byIds }) => {
    const last = String(Math.max(0, shards.length - 1)).padStart(6, '0');
    const pattern = `${name}-{000000..${last}}.tar`;
    return [name, { name: 'shards', shards: pattern, ...(byIds && { maskFormat: 'instances' }) }];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
