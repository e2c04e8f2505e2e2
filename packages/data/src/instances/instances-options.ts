import * as z from 'zod';

import {
  exifFields,
  fileDatasetFields,
  imageFields,
} from '../file-dataset/file-dataset-options.js';
import { nameFields } from '../files/name-fields.js';
import { isOneSelection, selectionError, selectionFields } from '../files/selection.js';

/** Options of the data set `instances`. */
export const instancesOptions = z
  .strictObject({
    root: z
      .string()
      .min(1)
      .describe("Folder of the data set, relative to the config file's folder."),
    layout: z
      .enum(['id-maps', 'object-masks', 'dsb2018'])
      .default('id-maps')
      .describe(
        "Where the objects are. id-maps: one file per image whose pixels are object ids, 0 for none. object-masks: a folder per image, of the image's name, with one mask per object. dsb2018: a folder per image with one file in images and one mask per object in masks.",
      ),
    images: z
      .string()
      .min(1)
      .default('images')
      .describe('Folder of the images inside root; of dsb2018, inside the folder of every image.'),
    masks: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder of the id maps or masks, likewise. Default: instances for id-maps, else masks.',
      ),
    overlap: z
      .enum(['smallest', 'ignore'])
      .default('smallest')
      .describe('What pixels of several objects belong to: the smallest of them, or nobody.'),
    ...nameFields,
    ...selectionFields,
    ...imageFields,
    ...exifFields,
    ...fileDatasetFields,
  })
  .refine(isOneSelection, selectionError)
  .refine(
    ({ layout, imageSuffix, maskSuffix, recursive }) =>
      layout === 'id-maps' || (imageSuffix === '' && maskSuffix === '' && !recursive),
    { error: "imageSuffix, maskSuffix and recursive are for layout 'id-maps'; leave them out" },
  );

/** What a config may say about `instances`. */
export type InstancesOptions = z.input<typeof instancesOptions>;

/** The options with defaults filled in. */
export type ResolvedInstancesOptions = z.output<typeof instancesOptions>;
