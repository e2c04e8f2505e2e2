import { basename, extname, join } from 'node:path';

import { DataError } from '@segkit/core';

import { walkFolder } from './walk-folder.js';

const extensions = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff']);

/** How to list a folder. */
export interface ListOptions {
  /** Go into sub-folders; stems then hold the folders, as in `city/image`. Default false. */
  readonly recursive?: boolean | undefined;
  /** Take only the files whose stem ends so, without that end. Default: all. */
  readonly suffix?: string | undefined;
  /** Leave out the files whose stem ends so. Default: none. */
  readonly without?: string | undefined;
  /** Accept a folder in which there is no image. Default false. */
  readonly allowNone?: boolean | undefined;
}

/** Whether a file's name is that of an image. */
export function isImageName(name: string): boolean {
  return extensions.has(extname(name).toLowerCase());
}

/** A file's name without extension. Accented letters that are written in two characters, as on a Mac, become one. */
export function stemOf(name: string): string {
  return name.slice(0, name.length - extname(name).length).normalize('NFC');
}

/**
 * Finds the PNG, JPEG and TIFF files of a folder; other files are passed over.
 * @returns Paths by stem (the name without extension), sorted by stem.
 * @throws DataError if the folder is missing, unreadable or without images, or two files share a stem, or links lead in
 * circles.
 */
export async function listImages(
  folder: string,
  { recursive = false, suffix = '', without, allowNone = false }: ListOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const names = await walkFolder(folder, recursive);
  const images = names.filter(isImageName);
  const found = new Map<string, string>();
  for (const name of images) {
    const whole = stemOf(name);
    if (!whole.endsWith(suffix) || (without !== undefined && whole.endsWith(without))) continue;
    const stem = whole.slice(0, whole.length - suffix.length);
    const other = found.get(stem);
    if (other !== undefined) {
      throw new DataError(
        `${folder}: expected one file per name, found ${basename(other)} and ${basename(name)}; rename or remove one.`,
      );
    }
    found.set(stem, join(folder, name));
  }
  if (found.size === 0 && !allowNone)
    throw new DataError(nothingFound(folder, names, images, suffix));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nothingFound(
  folder: string,
  names: readonly string[],
  images: readonly string[],
  suffix: string,
): string {
  if (images.length > 0) {
    const ending = suffix === '' ? '' : ` whose names end in "${suffix}" before the extension`;
    return `${folder}: expected images${ending}, found ${String(images.length)} of other names, e.g. ${String(images[0])}; check the suffixes.`;
  }
  const others = names.length === 0 ? 'no files' : `${String(names.length)} other files`;
  return `${folder}: expected PNG, JPEG or TIFF files (${[...extensions].join(' ')}), found ${others}; check the path or convert the images.`;
}
