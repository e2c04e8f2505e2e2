import { readFile } from 'node:fs/promises';

import { DataError, messageOf } from '@segkit/core';

/**
 * The lines of a text file without the space around them; empty ones are left out. A byte-order mark is dropped and
 * accented letters are composed, so that names compare equal to those of files.
 * @throws DataError if the file cannot be read.
 */
export async function readLines(path: string): Promise<string[]> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const message = messageOf(error);
    throw new DataError(`${path}: expected a text file of image names (${message}); check split.`, {
      cause: error,
    });
  }
  const lines = text
    .replace(/^\uFEFF/, '')
    .normalize('NFC')
    .split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
