import { readFile } from 'node:fs/promises';

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

/**
 * Reads a whole file.
 * @throws DataError if the file is missing, unreadable or empty.
 */
export async function readBytes(path: string): Promise<Buffer> {
  let bytes;
  try {
    bytes = await readFile(path);
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
