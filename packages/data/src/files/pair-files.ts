import { DataError } from '@segkit/core';

import type { SampleFiles } from '../file-dataset/load-sample.js';
import { nameSome } from './select-stems.js';

/** What a message calls one partner, and several. */
const nouns = {
  mask: ['mask', 'masks'],
  target: ['target', 'targets'],
  objects: ['mask of objects', 'masks of objects'],
} as const;

/** The masks or targets of a data set. */
export interface Partners {
  readonly kind: keyof typeof nouns;
  readonly folder: string;
  /** Files by stem. */
  readonly paths: ReadonlyMap<string, string>;
  /** What a partner's name has between stem and extension, for messages. Default: nothing. */
  readonly suffix?: string | undefined;
}

/**
 * Gives every chosen image its partners of the same stem. Partners without an image are allowed.
 * @param stems - The chosen ones.
 * @param images - All images by stem.
 * @param folder - That of the images, for messages.
 * @param note - Told about partners that have no image.
 * @throws DataError if one is missing.
 */
export function pairFiles(
  stems: readonly string[],
  images: ReadonlyMap<string, string>,
  folder: string,
  partners: readonly Partners[],
  note: (message: string) => void,
): SampleFiles[] {
  for (const each of partners) checkPartners(stems, images, folder, each, note);
  return stems.map((id) => ({
    id,
    image: images.get(id) ?? '',
    ...Object.fromEntries(partners.map(({ kind, paths }) => [kind, paths.get(id)])),
  }));
}

function checkPartners(
  stems: readonly string[],
  images: ReadonlyMap<string, string>,
  folder: string,
  partners: Partners,
  note: (message: string) => void,
): void {
  const { kind, paths, suffix = '' } = partners;
  const [one, several] = nouns[kind];
  const alone = stems.filter((stem) => !paths.has(stem));
  if (alone.length > 0) {
    throw new DataError(
      `${partners.folder}: expected a ${one} for every image of ${folder}, found none for ` +
        `${String(alone.length)} of ${String(stems.length)}: ${nameSome(alone)}; ` +
        `add ${String(alone[0])}${suffix}.png, or choose other images by files, range or split.`,
    );
  }
  const unused = [...paths.keys()].filter((stem) => !images.has(stem));
  if (unused.length > 0) {
    note(
      `${String(unused.length)} ${several} in ${partners.folder} have no image: ${nameSome(unused)}.`,
    );
  }
}
