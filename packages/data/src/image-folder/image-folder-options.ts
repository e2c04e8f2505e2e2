import * as z from 'zod';

import {
  exifFields,
  fileDatasetFields,
  imageFields,
} from '../file-dataset/file-dataset-options.js';
import { nameFields } from '../files/name-fields.js';
import { isOneSelection, selectionError, selectionFields } from '../files/selection.js';
import { maskFormatFields } from '../masks/mask-format.js';

const folder = z.string().min(1);

/** Options of the data set `image-folder`. */
export const imageFolderOptions = z
  .strictObject({
    root: folder.describe("Folder of the data set, relative to the config file's folder."),
    images: folder.default('images').describe('Folder of the images inside root.'),
    masks: folder
      .nullable()
      .optional()
      .describe(
        "Folder of the masks inside root; a mask has its image's name up to the extension. Default: masks, or none " +
          'where targets are given. null: images without masks, for prediction.',
      ),
    targets: folder
      .optional()
      .describe(
        'Folder of the target images inside root, for image-to-image tasks; excludes masks.',
      ),
    ...maskFormatFields,
    ...nameFields,
    jpegMasks: z
      .enum(['refuse', 'nearest'])
      .default('refuse')
      .describe(
        'Masks that are JPEGs: an error, or every pixel gets the nearest value that the classes know.',
      ),
    ...imageFields,
    ...exifFields,
    ...selectionFields,
    ...fileDatasetFields,
  })
  .refine(({ masks, targets }) => targets === undefined || typeof masks !== 'string', {
    error: 'expected either masks or targets, received both; leave one of them out',
  })
  .refine(({ jpegMasks, maskFormat }) => jpegMasks === 'refuse' || maskFormat === 'values', {
    path: ['jpegMasks'],
    error:
      "expected 'refuse', since colours and object ids do not survive compression, received 'nearest'; set maskFormat: 'values'",
  })
  .refine(isOneSelection, selectionError);

/** What a config may say about an `image-folder`. */
export type ImageFolderOptions = z.input<typeof imageFolderOptions>;
