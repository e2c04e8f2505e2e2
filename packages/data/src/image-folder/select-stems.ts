import { readFile } from 'node:fs/promises';

import { DataError, messageOf } from '@segkit/core';

/** Which images of a folder to use; at most one of the three is given. */
export interface Selection {
  /** `[from, to)` of the sorted stems. */
  readonly range?: readonly [number, number] | undefined;
  /** Stems. */
  readonly files?: readonly string[] | undefined;
  /** Path of a text file with one stem per line. */
  readonly split?: string | undefined;
}

/** The first few names and how many more there are. */
export function nameSome(names: readonly string[], limit = 5): string {
  const rest = names.length - limit;
  return names.slice(0, limit).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

async function readSplit(path: string): Promise<string[]> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const message = messageOf(error);
    throw new DataError(`${path}: expected a text file of image names (${message}); check split.`, {
      cause: error,
    });
  }
  const stems = text.split(/\r?\n/).map((line) => line.trim());
  return stems.filter((stem) => stem !== '');
}

/**
 * Chooses stems.
 * @param stems - All stems of the folder, sorted.
 * @param folder - Names the folder in errors.
 * @throws DataError if a chosen stem does not exist or is named twice, or none is chosen.
 */
export async function selectStems(
  stems: readonly string[],
  { range, files, split }: Selection,
  folder: string,
): Promise<readonly string[]> {
  if (range !== undefined) {
    const [from, to] = range;
    if (to > stems.length) {
      throw new DataError(
        `${folder}: expected at least ${String(to)} images for range [${String(from)}, ${String(to)}], found ${String(stems.length)}; lower the range.`,
      );
    }
    return stems.slice(from, to);
  }
  if (files === undefined && split === undefined) return stems;
  const source = split ?? 'files';
  const chosen = split === undefined ? (files ?? []) : await readSplit(split);
  const known = new Set(stems);
  const missing = chosen.filter((stem) => !known.has(stem));
  if (missing.length > 0) {
    throw new DataError(
      `${folder}: expected every image that ${source} names, found none for ${nameSome(missing)}; names are those of the files without extension, e.g. ${String(stems[0])}.`,
    );
  }
  const repeated = chosen.filter((stem, index) => chosen.indexOf(stem) !== index);
  if (chosen.length === 0 || repeated.length > 0) {
    const found = chosen.length === 0 ? 'none' : `${nameSome(repeated)} more than once`;
    throw new DataError(`${source}: expected image names, each once, found ${found}; correct it.`);
  }
  return chosen;
}
