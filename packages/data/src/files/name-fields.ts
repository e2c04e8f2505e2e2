import * as z from 'zod';

/** Options about the names of files, for data sets that are given as folders. */
export const nameFields = {
  imageSuffix: z
    .string()
    .default('')
    .describe(
      "What the images' names end in before the extension, e.g. _sat; others are left out.",
    ),
  maskSuffix: z
    .string()
    .default('')
    .describe(
      "What the masks' (or targets') names end in before the extension, e.g. _mask, where it is not what the images' end in.",
    ),
  recursive: z
    .boolean()
    .default(false)
    .describe('Also use sub-folders; names then hold the folders, as in city/image.'),
};
