import { readdir } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';

import { DataError } from '@segkit/core';

const extensions = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff']);

/** Whether a file's name is that of a PNG, JPEG or TIFF. */
export function hasImageName(name: string): boolean {
  return extensions.has(extname(name).toLowerCase());
}

/**
 * Finds the PNG, JPEG and TIFF files of a folder (not of its sub-folders); other files are passed over.
 * @returns Paths by stem (the name without extension), sorted by stem.
 * @throws DataError if the folder is missing, unreadable or without images, or two files share a stem.
 */
export async function listImages(folder: string): Promise<ReadonlyMap<string, string>> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const found = code === 'ENOENT' ? 'found nothing' : code === 'ENOTDIR' ? 'found a file' : code;
    throw new DataError(`${folder}: expected a folder of images, ${found}; check the path.`, {
      cause: error,
    });
  }
  const names = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  const found = new Map<string, string>();
  for (const name of names.toSorted()) {
    if (!hasImageName(name)) continue;
    const stem = parse(name).name;
    const other = found.get(stem);
    if (other !== undefined) {
      throw new DataError(
        `${folder}: expected one file per name, found ${parse(other).base} and ${name}; rename or remove one.`,
      );
    }
    found.set(stem, join(folder, name));
  }
  if (found.size === 0) {
    const others = names.length === 0 ? 'no files' : `${String(names.length)} other files`;
    throw new DataError(
      `${folder}: expected PNG, JPEG or TIFF files (${[...extensions].join(' ')}), found ${others}; check the path or convert the images.`,
    );
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
