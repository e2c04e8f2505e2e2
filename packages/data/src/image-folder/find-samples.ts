import { join, resolve } from 'node:path';

import { DataError } from '@segkit/core';

import type { ResolvedImageFolderOptions } from './image-folder-options.js';
import { listImages } from './list-images.js';
import type { SampleFiles } from './load-sample.js';
import { nameSome, selectStems } from './select-stems.js';

/** What an image is paired with. */
interface Partners {
  readonly kind: 'mask' | 'target';
  readonly folder: string;
}

function partnersOf(root: string, options: ResolvedImageFolderOptions): Partners | undefined {
  const { masks = 'masks', targets } = options;
  if (targets !== undefined) return { kind: 'target', folder: join(root, targets) };
  return masks === null ? undefined : { kind: 'mask', folder: join(root, masks) };
}

/**
 * Finds the chosen images and, for each, the mask or target of the same stem. Masks without an image are allowed.
 * @param root - Absolute path of the data set's folder.
 * @param note - Told about masks that have no image.
 * @throws DataError if a folder or a file is missing.
 */
export async function findSamples(
  root: string,
  options: ResolvedImageFolderOptions,
  note: (message: string) => void,
): Promise<SampleFiles[]> {
  const folder = join(root, options.images);
  const images = await listImages(folder);
  const split = options.split === undefined ? undefined : resolve(root, options.split);
  const stems = await selectStems([...images.keys()], { ...options, split }, folder);
  const files = stems.map((id) => ({ id, image: images.get(id) ?? '' }));
  const partners = partnersOf(root, options);
  if (partners === undefined) return files;

  const { kind } = partners;
  const paths = await listImages(partners.folder);
  const alone = stems.filter((stem) => !paths.has(stem));
  if (alone.length > 0) {
    throw new DataError(
      `${partners.folder}: expected a ${kind} for every image of ${folder}, found none for ` +
        `${String(alone.length)} of ${String(stems.length)}: ${nameSome(alone)}; ` +
        `add ${String(alone[0])}.png, or choose other images by files, range or split.`,
    );
  }
  const unused = [...paths.keys()].filter((stem) => !images.has(stem));
  if (unused.length > 0) {
    note(
      `${String(unused.length)} ${kind}s in ${partners.folder} have no image: ${nameSome(unused)}.`,
    );
  }
  return files.map((entry) => ({ ...entry, [kind]: paths.get(entry.id) }));
}
