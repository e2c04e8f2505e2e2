import * as z from 'zod';

import {
  exifFields,
  fileDatasetFields,
  imageFields,
} from '../file-dataset/file-dataset-options.js';
import { rangeFields } from '../files/selection.js';
import { maskFormatFields } from '../masks/mask-format.js';

const pattern = z.string().min(1);
const extension = z
  .string()
  .regex(/^[^./][^/]*$/, { error: 'expected what follows the first dot of a name, e.g. seg.png' })
  .toLowerCase();
const extensions = z.union([extension.transform((one) => [one]), z.array(extension).min(1)]);

/** Options of the data set `shards`. */
export const shardsOptions = z.strictObject({
  root: z
    .string()
    .min(1)
    .default('.')
    .describe("Folder of the tar files, relative to the config file's folder."),
  shards: z
    .union([pattern, z.array(pattern).min(1).readonly()])
    .optional()
    .describe(
      'Tar files inside root, one or a list, e.g. train-{000..146}.tar. Default: every .tar of root, sorted.',
    ),
  image: extensions
    .default(['jpg', 'jpeg', 'image.png', 'img.png', 'png', 'tif', 'tiff'])
    .describe(
      'What follows the first dot of the names of images; of several the first that is there.',
    ),
  mask: extensions
    .nullable()
    .default(['seg.png', 'mask.png', 'label.png', 'labels.png', 'png', 'seg.tif', 'mask.tif'])
    .describe(
      'The same of masks, where it is not the image. null: images without masks, for prediction.',
    ),
  ...maskFormatFields,
  ...rangeFields,
  ...exifFields,
  ...imageFields,
  ...fileDatasetFields,
});

/** What a config may say about `shards`. */
export type ShardsOptions = z.input<typeof shardsOptions>;

/** The options with defaults filled in. */
export type ResolvedShardsOptions = z.output<typeof shardsOptions>;
