import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { DataError } from '@segkit/core';

/** @throws DataError if the folder is missing or unreadable. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const found = code === 'ENOENT' ? 'found nothing' : code === 'ENOTDIR' ? 'found a file' : code;
    throw new DataError(`${folder}: expected a folder of images, ${found}; check the path.`, {
      cause: error,
    });
  }
}

/** Whether an entry is a folder, or a link to one. A link to nothing is a file, which reading will report. */
async function isFolder(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return (await stat(join(folder, entry.name))).isDirectory();
  } catch {
    return false;
  }
}

/** @throws DataError if the folder is one of those that lead to it. */
async function checkLoop(folder: string, above: readonly string[]): Promise<readonly string[]> {
  const real = await realpath(folder);
  if (!above.includes(real)) return [...above, real];
  throw new DataError(
    `${folder}: expected folders that end, found a link back to ${real}, which holds it; remove the link.`,
  );
}

async function walk(
  folder: string,
  prefix: string,
  recursive: boolean,
  above: readonly string[],
): Promise<string[]> {
  const entries = await entriesOf(folder);
  const path = recursive ? await checkLoop(folder, above) : above;
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const name = prefix + entry.name;
    if (!(await isFolder(folder, entry))) found.push(name);
    else if (recursive) {
      found.push(...(await walk(join(folder, entry.name), `${name}/`, true, path)));
    }
  }
  return found;
}

/**
 * The files of a folder, links followed, hidden ones left out.
 * @param recursive - Go into sub-folders.
 * @returns Paths relative to the folder, with `/` between parts, sorted.
 * @throws DataError if a folder is missing or unreadable, or links lead in circles.
 */
export async function walkFolder(folder: string, recursive: boolean): Promise<string[]> {
  return (await walk(folder, '', recursive, [])).sort();
}

/** The names of the folders inside a folder, links followed, hidden ones left out, sorted. */
export async function subFolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (!entry.name.startsWith('.') && (await isFolder(folder, entry))) names.push(entry.name);
  }
  return names.sort();
}
