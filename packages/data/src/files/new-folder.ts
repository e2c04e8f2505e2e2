import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { DataError } from '@segkit/core';

/**
 * Checks that a folder can be made.
 * @throws DataError if there is something already.
 */
export async function expectRoom(folder: string): Promise<void> {
  let found: readonly string[];
  try {
    found = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new DataError(`${folder}: expected a new or empty folder, found something else.`, {
      cause: error,
    });
  }
  if (found.length === 0) return;
  throw new DataError(
    `${folder}: expected a new or empty folder, found ${String(found.length)} entries; choose another one.`,
  );
}

/** Fills a new folder beside the target and gives it the target's name; nothing stays of one that failed. */
export async function inFolderOfItsOwn<T>(
  target: string,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  // Always the same, so that the next download removes what a killed one left.
  const unpacked = join(dirname(target), `.${basename(target)}.partial`);
  await rm(unpacked, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  await mkdir(unpacked);
  try {
    const result = await fill(unpacked);
    // An empty target is in the way on some systems.
    await rmdir(target).catch(() => undefined);
    await rename(unpacked, target);
    return result;
  } catch (error) {
    await rm(unpacked, { recursive: true, force: true });
    throw error;
  }
}
