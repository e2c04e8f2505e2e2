import { vocColor } from '@segkit/core';
import * as z from 'zod';

import { fileDatasetFields, imageFields } from '../file-dataset/file-dataset-options.js';
import { nameFields } from '../files/name-fields.js';
import { isOneSelection, selectionError, selectionFields } from '../files/selection.js';

const byte = z.number().int().min(0).max(255);
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
    maskFormat: z
      .enum(['values', 'colors', 'instances'])
      .default('values')
      .describe(
        'What mask pixels mean: values of data.labels.classes[].values (gray values or palette indices), colours of ' +
          'data.labels.classes[].color, or object ids (0 is class 0, every id above is class 1).',
      ),
    ignoreColors: z
      .array(z.tuple([byte, byte, byte]).readonly())
      .readonly()
      .default([vocColor(255)])
      .describe(
        "Colours that become ignoreIndex where maskFormat is 'colors'. Default: the PASCAL VOC border.",
      ),
    ...nameFields,
    jpegMasks: z
      .enum(['refuse', 'nearest'])
      .default('refuse')
      .describe(
        'Masks that are JPEGs: an error, or every pixel gets the nearest value that the classes know.',
      ),
    ...imageFields,
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

/** The options with defaults filled in. */
export type ResolvedImageFolderOptions = z.output<typeof imageFolderOptions>;
