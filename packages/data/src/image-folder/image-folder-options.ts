import { vocColor } from '@segkit/core';
import * as z from 'zod';

const byte = z.number().int().min(0).max(255);
const position = z.number().int().min(0);
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
    channels: z
      .union([z.literal(1), z.literal(3)])
      .optional()
      .describe(
        'Channels of the images: 1 mixes colours to gray, 3 repeats gray. Default: as stored.',
      ),
    range: z
      .tuple([position, position])
      .readonly()
      .optional()
      .describe(
        'Use images [from, to) of the sorted names, counted from 0; [24, 30] is the last six of thirty.',
      ),
    files: z
      .array(z.string().min(1))
      .min(1)
      .readonly()
      .optional()
      .describe('Use the images of these names, without extension.'),
    split: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Use the images that this text file inside root lists, one name without extension per line.',
      ),
    allowOneClass: z
      .boolean()
      .default(false)
      .describe('Accept masks in which all labelled pixels are of one class.'),
    cacheMegabytes: z
      .number()
      .min(0)
      .default(512)
      .describe(
        'Memory for decoded samples outside of training, whose samples the loader keeps; what does not fit is decoded every time.',
      ),
  })
  .refine(({ masks, targets }) => targets === undefined || typeof masks !== 'string', {
    error: 'expected either masks or targets, received both; leave one of them out',
  })
  .refine(({ range }) => range === undefined || range[0] < range[1], {
    path: ['range'],
    error: 'expected [from, to] with from < to',
  })
  .refine(
    ({ range, files, split }) =>
      [range, files, split].filter((one) => one !== undefined).length < 2,
    { error: 'expected at most one of range, files and split; leave the others out' },
  );

/** What a config may say about an `image-folder`. */
export type ImageFolderOptions = z.input<typeof imageFolderOptions>;

/** The options with defaults filled in. */
export type ResolvedImageFolderOptions = z.output<typeof imageFolderOptions>;
