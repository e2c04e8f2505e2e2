import { DataError } from '@segkit/core';

import { readLines } from './read-lines.js';
import { takeRange } from './selection.js';

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

function countOf(some: readonly string[], all: readonly string[]): string {
  return all.length === 1 ? '' : `${String(some.length)} of ${String(all.length)}: `;
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
  if (range !== undefined) return takeRange(stems, range, folder);
  if (files === undefined && split === undefined) return stems;
  const source = split ?? 'files';
  const chosen =
    split === undefined
      ? (files ?? []).map((name) => name.normalize('NFC'))
      : await readLines(split);
  return checkChosen(chosen, stems, source, folder);
}

/**
 * Checks names that were chosen.
 * @param source - Where the names come from, for errors.
 * @returns The names.
 * @throws DataError if one does not exist or is named twice, or there is none.
 */
export function checkChosen(
  chosen: readonly string[],
  stems: readonly string[],
  source: string,
  folder: string,
): readonly string[] {
  const known = new Set(stems);
  const missing = chosen.filter((stem) => !known.has(stem));
  if (missing.length > 0) {
    throw new DataError(
      `${folder}: expected every image that ${source} names, found none for ${countOf(missing, chosen)}${nameSome(missing)}; names are those of the files without extension, e.g. ${String(stems[0])}.`,
    );
  }
  const seen = new Set<string>();
  const repeated = chosen.filter((stem) => seen.size === seen.add(stem).size);
  if (chosen.length === 0 || repeated.length > 0) {
    const found = chosen.length === 0 ? 'none' : `${nameSome(repeated)} more than once`;
    throw new DataError(`${source}: expected image names, each once, found ${found}; correct it.`);
  }
  return chosen;
}
