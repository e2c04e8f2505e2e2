import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Config } from '../config/config-schema.js';
import { DataError, messageOf } from '../errors.js';
import { cacheFolder } from '../weights/cache-folder.js';
import type { DiskCachePlace } from './disk-cache.js';

/** Changes when the files of older versions shall no longer be read. */
const formatVersion = 1;

/** Room on disk where the config names none, in MiB. */
const defaultMegabytes = 20_000;

/** The name of the folder that a data set's samples lie in: a hash of all that they depend on besides their files. */
function folderName({ data: { labels, train }, loss }: Config, baseFolder: string): string {
  const identity = JSON.stringify([formatVersion, baseFolder, train, labels, loss]);
  return `samples-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
}

interface KeptFolder {
  readonly path: string;
  readonly bytes: number;
  /** When it was last used, in milliseconds. */
  readonly usedAt: number;
}

async function keptFolder(path: string): Promise<KeptFolder> {
  const names = await readdir(path);
  const sizes = await Promise.all(
    // A file may be renamed or deleted by another process meanwhile.
    names.map((name) =>
      stat(join(path, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const { mtimeMs } = await stat(path);
  return { path, bytes: sizes.reduce((sum, size) => sum + size, 0), usedAt: mtimeMs };
}

/** Deletes the folders of other data sets, the longest unused first, until they leave half of the room. */
async function makeRoom(others: readonly KeptFolder[], limit: number): Promise<number> {
  let bytes = others.reduce((sum, folder) => sum + folder.bytes, 0);
  for (const folder of [...others].sort((a, b) => a.usedAt - b.usedAt)) {
    if (bytes <= limit / 2) break;
    await rm(folder.path, { recursive: true, force: true });
    bytes -= folder.bytes;
  }
  return bytes;
}

/**
 * Opens the folder that keeps the training samples of a config, and makes room for them.
 * @param threads - How many share the room.
 * @returns What each of them is told.
 * @throws DataError if the folder cannot be made or read.
 */
export async function openDiskCache(
  config: Config,
  baseFolder: string,
  threads: number,
): Promise<DiskCachePlace> {
  const { cacheFolder: named, cacheMegabytes = defaultMegabytes } = config.loader;
  const root = named === null ? join(cacheFolder(), 'samples') : resolve(baseFolder, named);
  const folder = join(root, folderName(config, baseFolder));
  const limit = cacheMegabytes * 2 ** 20;
  try {
    await mkdir(folder, { recursive: true });
    const now = new Date();
    await utimes(folder, now, now);
    const entries = await readdir(root, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isDirectory() && entry.name.startsWith('samples-'))
      .map(({ name }) => join(root, name));
    const kept = await Promise.all(names.map(keptFolder));
    const others = await makeRoom(
      kept.filter(({ path }) => path !== folder),
      limit,
    );
    const own = kept.find(({ path }) => path === folder)?.bytes ?? 0;
    return { folder, bytes: Math.max(0, limit - others - own) / threads };
  } catch (error) {
    throw new DataError(
      `loader.cacheFolder: the cache in ${root} cannot be used (${messageOf(error)}); give another folder, or set loader.cache to "memory".`,
      { cause: error },
    );
  }
}
