import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';

import { DataError, messageOf } from '@segkit/core';

/** Why a file could not be read, and what to do. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return 'found no such file; check the path';
    case 'EISDIR':
      return 'found a folder; give the path of a file';
    case 'EACCES':
    case 'EPERM':
      return 'found one that may not be read; change its permissions';
    default:
      return `reading it failed (${messageOf(error)})`;
  }
}

/** A file that the system has in memory is read in less time than this, in milliseconds. */
const quick = 3;

/** How long others read for this thread after a file took longer, in milliseconds. */
const rest = 1000;

let othersUntil = 0;

/**
 * Reads a file. The four trips to other threads that this takes cost more than the reading, so a thread of the loader reads
 * itself, as long as it need not wait for a disk.
 */
async function readWhole(path: string): Promise<Buffer> {
  const start = performance.now();
  if (isMainThread || start < othersUntil) return readFile(path);
  const bytes = readFileSync(path);
  const end = performance.now();
  if (end - start > quick) othersUntil = end + rest;
  return bytes;
}

/**
 * Reads a whole file.
 * @throws DataError if the file is missing, unreadable or empty.
 */
export async function readBytes(path: string): Promise<Buffer> {
  let bytes;
  try {
    bytes = await readWhole(path);
  } catch (error) {
    throw new DataError(`${path}: expected an image file, ${reasonOf(error)}.`, { cause: error });
  }
  if (bytes.length === 0) {
    throw new DataError(
      `${path}: expected an image file, found an empty one (0 bytes); copy or download it again.`,
    );
  }
  return bytes;
}
