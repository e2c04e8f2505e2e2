import { join, resolve } from 'node:path';

import { DataError, defineDataset } from '@segkit/core';
import * as z from 'zod';

import { fileDatasetFields, imageFields } from '../file-dataset/file-dataset-options.js';
import type { SampleFiles } from '../file-dataset/load-sample.js';
import { pairedFiles } from '../file-dataset/paired-files.js';
import { listImages } from '../files/list-images.js';
import { pairFiles, type Partners } from '../files/pair-files.js';
import { rangeFields, takeRange } from '../files/selection.js';
import { subFolders } from '../files/walk-folder.js';
import { valueCoding } from '../masks/mask-coding.js';
import { cityscapesLabels } from './cityscapes-labels.js';

const fields = z.strictObject({
  root: z
    .string()
    .min(1)
    .describe("Folder that holds leftImg8bit and gtFine, relative to the config file's folder."),
  split: z.string().min(1).default('train').describe('Folder of cities: train, val, test.'),
  annotations: z
    .enum(['gtFine', 'gtCoarse'])
    .nullable()
    .default('gtFine')
    .describe(
      'Folder of the masks, whose files end in _labelIds. null: images without masks, for prediction.',
    ),
  objects: z
    .boolean()
    .default(false)
    .describe(
      'Also read the files that end in _instanceIds, which tell objects apart: ids for metrics of objects and for weight maps.',
    ),
  cities: z
    .array(z.string().min(1))
    .min(1)
    .readonly()
    .optional()
    .describe('Use these cities alone. Default: all of the split.'),
  ...rangeFields,
  ...imageFields,
  ...fileDatasetFields,
});

const options = fields.refine(({ annotations, objects }) => !objects || annotations !== null, {
  path: ['objects'],
  error:
    'expected annotations to read objects of, received annotations: null; leave one of them out',
});

/** What a config may say about `cityscapes`. */
export type CityscapesOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface DatasetOptions {
    cityscapes: CityscapesOptions;
  }
}

/** The stems of the chosen cities' images. @throws DataError if there is no such city. */
async function inCities(
  stems: readonly string[],
  cities: readonly string[] | undefined,
  folder: string,
): Promise<readonly string[]> {
  if (cities === undefined) return stems;
  const known = await subFolders(folder);
  const unknown = cities.filter((city) => !known.includes(city));
  if (unknown.length > 0) {
    throw new DataError(
      `${folder}: expected the cities ${cities.join(', ')}, found ${known.join(', ')}; correct cities.`,
    );
  }
  return stems.filter((stem) => cities.includes(stem.slice(0, stem.indexOf('/'))));
}

async function findSamples(
  root: string,
  { split, annotations, objects, cities, range }: z.output<typeof options>,
  note: (message: string) => void,
): Promise<SampleFiles[]> {
  const folder = join(root, 'leftImg8bit', split);
  const images = await listImages(folder, { recursive: true, suffix: '_leftImg8bit' });
  const chosen = takeRange(await inCities([...images.keys()], cities, folder), range, folder);
  if (annotations === null) return chosen.map((id) => ({ id, image: images.get(id) ?? '' }));
  const masks = join(root, annotations, split);
  const partnersOf = async (kind: Partners['kind'], content: string): Promise<Partners> => {
    const suffix = `_${annotations}_${content}`;
    const paths = await listImages(masks, { recursive: true, suffix });
    return { kind, folder: masks, paths, suffix };
  };
  const partners = [await partnersOf('mask', 'labelIds')];
  if (objects) partners.push(await partnersOf('objects', 'instanceIds'));
  return pairFiles(chosen, images, folder, partners, note);
}

/**
 * Values from here on are `1000 * label id + number` of an object; lower ones are the label ids of what has no objects, or of
 * groups in which they cannot be told apart.
 */
const firstObject = 1000;

/**
 * Cityscapes' layout: `leftImg8bit/<split>/<city>` and `gtFine/<split>/<city>`. Without `data.labels` the classes are
 * {@link cityscapesLabels}, which map label ids to train ids.
 */
export const cityscapes = defineDataset({
  name: 'cityscapes',
  description: 'Cityscapes: leftImg8bit and the labelIds of gtFine or gtCoarse, 19 classes.',
  source: 'https://www.cityscapes-dataset.com',
  labels: cityscapesLabels,
  options,
  create: (given, context) => {
    const coding = valueCoding(context.labels);
    const root = resolve(context.baseFolder, given.root);
    const objectCoding = {
      idOf: (code: number) => (code < firstObject ? 0 : code),
      ignoreIndex: context.labels.ignoreIndex,
    };
    const reading = { ...given, coding, objectCoding };
    return pairedFiles((note) => findSamples(root, given, note), reading, context);
  },
});
