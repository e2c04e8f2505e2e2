import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { DataError } from '@segkit/core';
import { isImageName } from '@segkit/data';

/** An image to predict. */
export interface FoundImage {
  /** Path of the file. */
  readonly input: string;
  /** Sub-folder that it lies in, counted from the folder that was given; empty for that folder itself. */
  readonly folder: string;
}

/**
 * Finds the PNG, JPEG and TIFF files of a folder and its sub-folders, in the order of their names; hidden ones are passed over,
 * and so is a folder that a link leads back to.
 * @param images - A file, or a folder.
 * @param except - A folder that is not looked into, because predictions are written there.
 * @throws DataError if there is no such file or folder, or no image in it.
 */
export async function findImages(images: string, except: string): Promise<readonly FoundImage[]> {
  const kind = await stat(images).catch(() => undefined);
  if (kind?.isFile() === true) return [{ input: images, folder: '' }];
  if (kind?.isDirectory() !== true) {
    throw new DataError(`${images}: expected an image or a folder of images, found nothing.`);
  }
  const found = await below(images, '', resolve(except), new Set());
  if (found.length > 0) return found;
  throw new DataError(
    `${images}: expected PNG, JPEG or TIFF files in the folder or below it, found none; check the path or convert the images.`,
  );
}

async function below(
  root: string,
  folder: string,
  except: string,
  seen: Set<string>,
): Promise<FoundImage[]> {
  const path = join(root, folder);
  const real = await realpath(path);
  if (seen.has(real) || (folder !== '' && resolve(path) === except)) return [];
  seen.add(real);
  const found: FoundImage[] = [];
  for (const name of (await readdir(path)).toSorted()) {
    if (name.startsWith('.')) continue;
    // A link that leads nowhere is passed over like any other file that is no image.
    const kind = await stat(join(path, name)).catch(() => undefined);
    if (kind?.isDirectory() === true) {
      found.push(...(await below(root, join(folder, name), except, seen)));
    } else if (isImageName(name)) {
      found.push({ input: join(path, name), folder });
    }
  }
  return found;
}
