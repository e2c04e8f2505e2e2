import { defineMerge, type Merge } from '@segkit/core';
import * as z from 'zod';

import { alignedSize, alignMaps, alignOption } from './align.js';

const options = z.strictObject({ align: alignOption });

/** Options of the `none` merge. */
export type NoneMergeOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MergeOptions {
    none: NoneMergeOptions;
  }
}

/**
 * Ignores the skip but for its size: a U-Net becomes the autoencoder it is compared with.
 * @see https://www.science.org/doi/10.1126/science.1127647
 */
export const noneMerge = defineMerge({
  name: 'none',
  description: 'Ignores the skip: a U-Net without shortcuts, an autoencoder.',
  source: 'https://www.science.org/doi/10.1126/science.1127647',
  options,
  create: ({ align }, { path }): Merge => {
    const where = `${path} (none)`;
    return {
      outChannels: (_, up) => up,
      outputSize: (skip, up) => alignedSize(align, skip, up, where),
      forward: (skip, up) => {
        const [, alignedUp] = alignMaps(align, skip, up, where);
        return alignedUp;
      },
    };
  },
});
