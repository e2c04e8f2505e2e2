import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { unpackArchive } from '../archives/unpack-archive.js';
import { expectRoom, inFolderOfItsOwn } from '../files/new-folder.js';
import { fetchArchive, type FetchedArchive, type FetchOptions } from './fetch-archive.js';
import type { PublicArchive, PublicSet } from './public-set.js';

/** A downloaded data set. */
export interface DownloadedSet {
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
  readonly files: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Name of a config in the folder that has the data section. */
  readonly config: string;
  readonly archives: readonly { readonly url: string; readonly sha256: string }[];
}

/** Written last into the folder of a set, and tells that it is whole. */
const recordName = '.segkit-data.json';

const configName = 'segkit.config.json';

/**
 * Downloads a public data set and unpacks it into a folder, which appears at once and whole. Archives are removed when they
 * are unpacked; what was received of them is continued after a cut.
 * @param folder - A new or empty folder; one that holds the set already is left as it is.
 * @throws DataError if an archive cannot be downloaded, is not what it should be, or is not to be trusted, or the folder
 * holds something else.
 */
export async function downloadPublicSet(
  set: PublicSet,
  folder: string,
  options: FetchOptions = {},
): Promise<DownloadedSet> {
  const target = resolve(folder);
  const there = await recordOf(target);
  if (there?.name === set.name) {
    options.onMessage?.(`${target} holds ${set.name} already`);
    return { ...there, folder: target };
  }
  await expectRoom(target);
  const fetched: (FetchedArchive & { readonly archive: PublicArchive })[] = [];
  for (const archive of set.archives) {
    fetched.push({ archive, ...(await fetchArchive(archive, options)) });
  }
  const whole = await inFolderOfItsOwn(target, async (unpacked) => {
    let [files, bytes] = [0, 0];
    for (const { archive, path } of fetched) {
      options.onMessage?.(`unpacking ${basename(path)}`);
      const written = await unpackArchive(path, unpacked, {
        take: archive.take,
        strip: archive.strip,
        limits: set.limits,
      });
      files += written.files;
      bytes += written.bytes;
    }
    const archives = fetched.map(({ archive: { url }, sha256 }) => ({ url, sha256 }));
    const record = { name: set.name, files, bytes, config: configName, archives };
    await writeJson(join(unpacked, configName), { name: set.name, data: set.config });
    await writeJson(join(unpacked, recordName), record);
    return record;
  });
  for (const { path } of fetched) await rm(path, { force: true });
  return { ...whole, folder: target };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** What was written into a folder by an earlier download, if that is what it holds. */
async function recordOf(folder: string): Promise<Omit<DownloadedSet, 'folder'> | undefined> {
  try {
    const text = await readFile(join(folder, recordName), 'utf8');
    return JSON.parse(text) as Omit<DownloadedSet, 'folder'>;
  } catch {
    return undefined;
  }
}
