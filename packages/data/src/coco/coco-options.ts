import * as z from 'zod';

import {
  exifFields,
  fileDatasetFields,
  imageFields,
} from '../file-dataset/file-dataset-options.js';
import { rangeFields } from '../files/selection.js';

/** Options of the data set `coco`. */
export const cocoOptions = z.strictObject({
  root: z.string().min(1).describe("Folder of the data set, relative to the config file's folder."),
  annotations: z
    .string()
    .min(1)
    .describe('JSON file inside root, e.g. annotations/instances_val2017.json.'),
  images: z.string().min(1).describe('Folder of the images inside root, e.g. val2017.'),
  categories: z
    .record(z.string(), z.array(z.string()).min(1).readonly())
    .default({})
    .describe(
      "Names of the categories that make up a class, by the class's name: { vehicle: ['car', 'bus'] }. Default: the category of the class's own name.",
    ),
  unlisted: z
    .enum(['background', 'ignore'])
    .default('background')
    .describe('What objects of other categories are: background, or pixels that nobody counts.'),
  crowd: z
    .enum(['ignore', 'object'])
    .default('ignore')
    .describe(
      'What regions of crowds (iscrowd) are: pixels that nobody counts, where no other object is; or objects.',
    ),
  overlap: z
    .enum(['smallest', 'ignore'])
    .default('smallest')
    .describe('What pixels of several objects belong to: the smallest of them, or nobody.'),
  ...rangeFields,
  ...imageFields,
  ...exifFields,
  ...fileDatasetFields,
});

/** What a config may say about `coco`. */
export type CocoOptions = z.input<typeof cocoOptions>;

/** The options with defaults filled in. */
export type ResolvedCocoOptions = z.output<typeof cocoOptions>;
