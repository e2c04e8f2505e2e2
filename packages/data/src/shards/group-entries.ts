import { DataError } from '@segkit/core';

import type { TarEntry } from './index-tar.js';

/** A file of a sample, and the tar it lies in. */
export interface ShardFile extends TarEntry {
  readonly shard: string;
}

/** The files of one sample by extension: all that follows the first dot of the name, in lower case. */
export interface ShardGroup {
  /** Folder and name up to the first dot. */
  readonly key: string;
  readonly shard: string;
  readonly parts: ReadonlyMap<string, ShardFile>;
}

/**
 * Groups the files of a tar into samples as WebDataset does: `scene/000001.seg.png` is the part `seg.png` of the sample
 * `scene/000001`. Files whose names have no dot, or begin with one, belong to none.
 * @param shard - Path of the tar.
 * @returns In the order of the tar.
 * @throws DataError if a sample has a part twice.
 * @see https://github.com/webdataset/webdataset
 */
export function groupEntries(shard: string, entries: readonly TarEntry[]): ShardGroup[] {
  const groups = new Map<string, Map<string, ShardFile>>();
  for (const entry of entries) {
    const [, key, extension] = /^((?:.*\/)?[^./][^./]*)\.([^/]*)$/.exec(entry.name) ?? [];
    if (key === undefined || extension === undefined || hidden(key)) continue;
    const name = key.replace(/^\.\//, '');
    const parts = groups.get(name) ?? new Map<string, ShardFile>();
    groups.set(name, parts);
    const part = extension.toLowerCase();
    if (parts.has(part)) {
      throw new DataError(`${shard}: expected every file once, found ${entry.name} twice.`);
    }
    parts.set(part, { ...entry, shard });
  }
  return [...groups].map(([key, parts]) => ({ key, shard, parts }));
}

/** What systems leave beside files: `__MACOSX`, `@PaxHeader` … */
function hidden(key: string): boolean {
  return /(^|\/)(__MACOSX|PaxHeaders?[^/]*)\//.test(key);
}
