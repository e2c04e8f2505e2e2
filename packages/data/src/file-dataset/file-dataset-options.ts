import * as z from 'zod';

/** Options of every data set that is read from files: how they are checked and kept. */
export const fileDatasetFields = {
  check: z
    .enum(['all', 'first'])
    .default('all')
    .describe(
      'What is read before training: every sample, or the first alone. The latter starts large sets at once, and a bad file is met in the middle of training.',
    ),
  allowOneClass: z
    .boolean()
    .default(false)
    .describe('Accept masks in which all labelled pixels are of one class.'),
  cacheMegabytes: z
    .number()
    .min(0)
    .default(512)
    .describe('Memory for decoded samples; what does not fit is decoded every time.'),
};

/** How a data set's samples are checked and kept. */
export interface FileDatasetOptions {
  readonly check: 'all' | 'first';
  readonly allowOneClass: boolean;
  readonly cacheMegabytes: number;
}

/** Option of data sets of photos. */
export const exifFields = {
  exif: z
    .enum(['apply', 'ignore'])
    .default('apply')
    .describe(
      'Whether images and masks are turned as their own EXIF orientation says; ignore it where masks were made for the pixels as they are stored.',
    ),
};

/** Options of every data set that reads image files: how stored numbers become the image. */
export const imageFields = {
  channels: z
    .union([z.literal(1), z.literal(3)])
    .optional()
    .describe(
      'Channels of the images: 1 mixes colours to gray, 3 repeats gray. Default: as stored.',
    ),
  valueRange: z
    .tuple([z.number(), z.number()])
    .readonly()
    .refine(([low, high]) => low < high, { error: 'expected [low, high] with low < high' })
    .optional()
    .describe(
      'Stored values that become 0 and 1; what lies outside is cut off. Default: [0, 255] for 8 bits, [0, 65535] for 16, [0, 1] for floats.',
    ),
};
