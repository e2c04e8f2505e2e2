import { join, parse, resolve } from 'node:path';

import { DataError } from '@segkit/core';

import { mapConcurrently } from '../file-dataset/map-concurrently.js';
import type { SampleEntry } from '../file-dataset/sample-source.js';
import { nameSome } from '../files/select-stems.js';
import { takeRange } from '../files/selection.js';
import { walkFolder } from '../files/walk-folder.js';
import { expandBraces } from './expand-braces.js';
import { groupEntries, type ShardFile, type ShardGroup } from './group-entries.js';
import { indexTar } from './index-tar.js';
import type { ResolvedShardsOptions } from './shards-options.js';

/** One sample and where its files lie. */
export interface ShardEntry extends SampleEntry {
  readonly imageFile: ShardFile;
  readonly maskFile: ShardFile | undefined;
}

/** A file in a shard as messages name it. */
export function nameOf({ shard, name }: ShardFile): string {
  return `${shard}:${name}`;
}

async function listShards(
  root: string,
  patterns: ResolvedShardsOptions['shards'],
): Promise<string[]> {
  if (patterns !== undefined) {
    return [patterns]
      .flat()
      .flatMap(expandBraces)
      .map((path) => resolve(root, path));
  }
  const tars = (await walkFolder(root, false)).filter((name) => /\.tar$/i.test(name));
  if (tars.length > 0) return tars.map((name) => join(root, name));
  throw new DataError(
    `${root}: expected tar files, found none; give their names, e.g. shards: 'train-{000..146}.tar'.`,
  );
}

/**
 * Finds the samples of the shards, in their order, by the headers of the tars.
 * @throws DataError if a tar is missing or damaged, or an image has no mask.
 */
export async function findSamples(
  root: string,
  { shards, image, mask, range }: ResolvedShardsOptions,
  note: (message: string) => void,
): Promise<ShardEntry[]> {
  const paths = await listShards(root, shards);
  const indexed = await mapConcurrently(paths, 8, async (path) =>
    groupEntries(path, await indexTar(path)),
  );
  const groups = indexed.flat();
  const entries = groups.flatMap((group) => entryOf(group, image, mask));
  if (entries.length === 0) {
    const found = [...new Set(groups.flatMap(({ parts }) => [...parts.keys()]))];
    throw new DataError(
      `${root}: expected images (${image.join(', ')}) in ${String(paths.length)} shards, found ${nameSome(found) || 'no files'}; say by image what they end in.`,
    );
  }
  const others = groups.length - entries.length;
  if (others > 0) note(`${String(others)} samples in ${root} have no image.`);
  const chosen = takeRange(withOwnIds(entries), range, root);
  const alone = chosen.filter(({ maskFile }) => mask !== null && maskFile === undefined);
  if (alone.length === 0) return [...chosen];
  throw new DataError(
    `${root}: expected a mask (${String(mask?.join(', '))}) for every image, found none for ${String(alone.length)} of ${String(chosen.length)}: ` +
      `${nameSome(alone.map((entry) => entry.image))}; say by mask what they end in, or mask: null for images alone.`,
  );
}

/** The first of some parts that a sample has. */
function partOf({ parts }: ShardGroup, names: readonly string[], not?: ShardFile) {
  return names.map((name) => parts.get(name)).find((part) => part !== undefined && part !== not);
}

function entryOf(
  group: ShardGroup,
  image: readonly string[],
  mask: readonly string[] | null,
): ShardEntry[] {
  const imageFile = partOf(group, image);
  if (imageFile === undefined) return [];
  const maskFile = mask === null ? undefined : partOf(group, mask, imageFile);
  return [
    {
      id: group.key,
      image: nameOf(imageFile),
      mask: maskFile && nameOf(maskFile),
      imageFile,
      maskFile,
    },
  ];
}

/** Where several shards count from the start, a sample's name is told by its shard, too. */
function withOwnIds(entries: readonly ShardEntry[]): readonly ShardEntry[] {
  if (new Set(entries.map(({ id }) => id)).size === entries.length) return entries;
  return entries.map((entry) => ({
    ...entry,
    id: `${parse(entry.imageFile.shard).name}/${entry.id}`,
  }));
}
