import { join, resolve } from 'node:path';

import type { SampleFiles } from '../file-dataset/load-sample.js';
import { listImages } from '../files/list-images.js';
import { pairFiles } from '../files/pair-files.js';
import { selectStems, type Selection } from '../files/select-stems.js';

/** Which folders and files to take. */
interface FolderOptions extends Selection {
  /** Folder of the images inside root. */
  readonly images: string;
  /** Folder of the masks inside root; `null` for none. Default: `masks`, unless there are targets. */
  readonly masks?: string | null | undefined;
  /** Folder of the target images inside root. */
  readonly targets?: string | undefined;
  readonly imageSuffix: string;
  readonly maskSuffix: string;
  readonly recursive: boolean;
}

/** What an image is paired with. */
interface PartnerFolder {
  readonly kind: 'mask' | 'target';
  readonly folder: string;
}

function partnersOf(root: string, options: FolderOptions): PartnerFolder | undefined {
  const { masks = 'masks', targets } = options;
  if (targets !== undefined) return { kind: 'target', folder: join(root, targets) };
  return masks === null ? undefined : { kind: 'mask', folder: join(root, masks) };
}

/**
 * Finds the chosen images of a folder and, for each, the mask or target of the same stem. Masks without an image are allowed.
 * @param root - Absolute path of the data set's folder.
 * @param note - Told about masks that have no image.
 * @throws DataError if a folder or a file is missing.
 */
export async function findSamples(
  root: string,
  options: FolderOptions,
  note: (message: string) => void,
): Promise<SampleFiles[]> {
  const { recursive, imageSuffix, maskSuffix } = options;
  const folder = join(root, options.images);
  const partners = partnersOf(root, options);
  // In a folder of both, what ends as masks do is no image.
  const without = partners?.folder === folder && maskSuffix !== '' ? maskSuffix : undefined;
  const images = await listImages(folder, { recursive, suffix: imageSuffix, without });
  const split = options.split === undefined ? undefined : resolve(root, options.split);
  const stems = await selectStems([...images.keys()], { ...options, split }, folder);
  if (partners === undefined) return stems.map((id) => ({ id, image: images.get(id) ?? '' }));

  const paths = await listImages(partners.folder, { recursive, suffix: maskSuffix });
  return pairFiles(stems, images, folder, [{ ...partners, paths, suffix: maskSuffix }], note);
}
