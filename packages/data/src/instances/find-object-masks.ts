import { join, resolve } from 'node:path';

import { DataError } from '@segkit/core';

import type { SampleEntry } from '../file-dataset/sample-source.js';
import { listImages } from '../files/list-images.js';
import { nameSome, selectStems } from '../files/select-stems.js';
import { subFolders } from '../files/walk-folder.js';
import type { ResolvedInstancesOptions } from './instances-options.js';

/** An image and the masks of its objects, one file each. */
export interface ObjectFiles extends SampleEntry {
  /** The folder of the masks, for messages. */
  readonly mask: string;
  readonly objects: readonly string[];
}

/** The masks in a folder; an image may have no object. */
async function masksIn(folder: string): Promise<readonly string[]> {
  return [...(await listImages(folder, { allowNone: true })).values()];
}

/** `images/<stem>.png` with `masks/<stem>/*.png`. */
export async function findObjectMasks(
  root: string,
  options: ResolvedInstancesOptions,
): Promise<ObjectFiles[]> {
  const { images: imageFolder, masks = 'masks', split } = options;
  const folder = join(root, imageFolder);
  const images = await listImages(folder);
  const list = split === undefined ? undefined : resolve(root, split);
  const stems = await selectStems([...images.keys()], { ...options, split: list }, folder);
  const maskFolder = join(root, masks);
  const known = new Map(
    (await subFolders(maskFolder)).map((name) => [name.normalize('NFC'), name]),
  );
  const alone = stems.filter((stem) => !known.has(stem));
  if (alone.length > 0) {
    throw new DataError(
      `${maskFolder}: expected a folder of masks for every image of ${folder}, found none for ${nameSome(alone)}; add it, empty if there is no object, or choose other images.`,
    );
  }
  const samples: ObjectFiles[] = [];
  for (const id of stems) {
    const mask = join(maskFolder, known.get(id) ?? id);
    samples.push({ id, image: images.get(id) ?? '', mask, objects: await masksIn(mask) });
  }
  return samples;
}

/** `<stem>/images/*.png`, one file, with `<stem>/masks/*.png`. */
export async function findDsb2018(
  root: string,
  options: ResolvedInstancesOptions,
): Promise<ObjectFiles[]> {
  const { images: imageFolder, masks = 'masks', split } = options;
  const folders = await subFolders(root);
  const list = split === undefined ? undefined : resolve(root, split);
  const stems = await selectStems(folders, { ...options, split: list }, root);
  const samples: ObjectFiles[] = [];
  for (const id of stems) {
    const folder = join(root, id, imageFolder);
    const images = await listImages(folder);
    const [image = ''] = images.values();
    if (images.size !== 1) {
      throw new DataError(
        `${folder}: expected one image, found ${String(images.size)}: ${nameSome([...images.keys()])}; keep one.`,
      );
    }
    const mask = join(root, id, masks);
    samples.push({ id, image, mask, objects: await masksIn(mask) });
  }
  return samples;
}
