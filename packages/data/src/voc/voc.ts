import { join, resolve } from 'node:path';

import { DataError, defineDataset } from '@segkit/core';
import * as z from 'zod';

import { fileDatasetFields, imageFields } from '../file-dataset/file-dataset-options.js';
import type { SampleFiles } from '../file-dataset/load-sample.js';
import { pairedFiles } from '../file-dataset/paired-files.js';
import { listImages } from '../files/list-images.js';
import { pairFiles, type Partners } from '../files/pair-files.js';
import { readLines } from '../files/read-lines.js';
import { checkChosen } from '../files/select-stems.js';
import { rangeFields, takeRange } from '../files/selection.js';
import { walkFolder } from '../files/walk-folder.js';
import { valueCoding } from '../masks/mask-coding.js';
import { vocLabels } from './voc-labels.js';

const fields = z.strictObject({
  root: z
    .string()
    .min(1)
    .describe("Folder that holds JPEGImages, relative to the config file's folder."),
  split: z
    .string()
    .min(1)
    .default('train')
    .describe('List of images: ImageSets/Segmentation/<split>.txt.'),
  masks: z
    .string()
    .min(1)
    .nullable()
    .default('SegmentationClass')
    .describe('Folder of the masks inside root. null: images without masks, for prediction.'),
  objects: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder of the masks that tell objects apart inside root, e.g. SegmentationObject: ids for metrics of objects and for weight maps. Default: none.',
    ),
  ...rangeFields,
  ...imageFields,
  ...fileDatasetFields,
});

const options = fields.refine(({ masks, objects }) => objects === undefined || masks !== null, {
  path: ['objects'],
  error:
    'expected masks of classes beside those of objects, received masks: null; leave one of them out',
});

/** What a config may say about `voc`. */
export type VocOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface DatasetOptions {
    voc: VocOptions;
  }
}

/** @throws DataError naming the lists that there are. */
async function readSplit(root: string, split: string): Promise<string[]> {
  const folder = join(root, 'ImageSets', 'Segmentation');
  const lists = (await walkFolder(folder, false)).filter((name) => name.endsWith('.txt'));
  if (lists.includes(`${split}.txt`)) return readLines(join(folder, `${split}.txt`));
  const known = lists.map((name) => name.slice(0, -'.txt'.length)).join(', ');
  throw new DataError(
    `${folder}: expected ${split}.txt, found ${known || 'no lists'}; set split to one of these.`,
  );
}

async function findSamples(
  root: string,
  { split, masks, objects, range }: z.output<typeof options>,
): Promise<SampleFiles[]> {
  const listed = await readSplit(root, split);
  const folder = join(root, 'JPEGImages');
  const images = await listImages(folder);
  const known = checkChosen(listed, [...images.keys()], `${split}.txt`, folder);
  const chosen = takeRange(known, range, `${split}.txt`);
  if (masks === null) return chosen.map((id) => ({ id, image: images.get(id) ?? '' }));
  const partnersIn = async (kind: Partners['kind'], name: string): Promise<Partners> => {
    const path = join(root, name);
    return { kind, folder: path, paths: await listImages(path) };
  };
  const partners = [await partnersIn('mask', masks)];
  if (objects !== undefined) partners.push(await partnersIn('objects', objects));
  // Most of VOC's images have no mask, and most of its masks are of another split.
  return pairFiles(chosen, images, folder, partners, () => undefined);
}

/** Value of the border around objects, which is no object's. */
const border = 255;

/**
 * PASCAL VOC's layout: `JPEGImages`, palette PNGs in `SegmentationClass`, lists in `ImageSets/Segmentation`. Without
 * `data.labels` the classes are {@link vocLabels}. `objects` names the palette PNGs whose indices are objects.
 */
export const voc = defineDataset({
  name: 'voc',
  description: 'PASCAL VOC: JPEGImages, SegmentationClass and ImageSets/Segmentation lists.',
  source: 'http://host.robots.ox.ac.uk/pascal/VOC/voc2012/',
  labels: vocLabels,
  options,
  create: (given, context) => {
    const coding = valueCoding(context.labels);
    const root = resolve(context.baseFolder, given.root);
    const objectCoding = {
      idOf: (code: number) => (code === border ? 0 : code),
      ignoreIndex: context.labels.ignoreIndex,
    };
    const reading = { ...given, coding, objectCoding };
    return pairedFiles(() => findSamples(root, given), reading, context);
  },
});
