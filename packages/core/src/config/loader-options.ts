import * as z from 'zod';

/** Options of the section `loader`: how batches are prepared. None of them changes a batch. */
export const loaderOptions = z
  .strictObject({
    workers: z
      .union([z.literal('auto'), z.number().int().min(0).max(64)])
      .default('auto')
      .describe(
        "Threads that decode and augment; 0: the main thread does. 'auto': half of the cores, at least 1 and at most 4, " +
          'and none where preparing all batches takes a few seconds.',
      ),
    prefetch: z
      .number()
      .int()
      .min(0)
      .default(2)
      .describe('Batches that are prepared ahead of the training step, and held in memory.'),
    cache: z
      .union([z.enum(['memory', 'disk']), z.literal(false)])
      .default('memory')
      .describe(
        'Where decoded samples and their weight maps are kept from one epoch to the next; false: nowhere.',
      ),
    cacheMegabytes: z
      .number()
      .positive()
      .optional()
      .describe(
        'Room for them in MiB; what does not fit is decoded every time. Default: 512 in memory, 20,000 on disk.',
      ),
    cacheFolder: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "Folder of the cache on disk, relative to the config file's folder; null: segkit's cache folder. It may be " +
          'deleted at any time.',
      ),
    onError: z
      .enum(['fail', 'skip'])
      .default('fail')
      .describe(
        "What a training sample that cannot be loaded does: end the run, or be skipped: counted, with a warning, the data set's " +
          'next one in its place.',
      ),
  })
  .describe('How batches are prepared.');

/** What a config may say about the loader. */
export type LoaderInput = Readonly<z.input<typeof loaderOptions>>;

/** The options with defaults filled in. */
export type LoaderOptions = Readonly<z.output<typeof loaderOptions>>;
