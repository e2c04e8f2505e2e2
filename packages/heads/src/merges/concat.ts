import { defineMerge, type Merge } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { alignedSize, alignMaps, alignOption } from './align.js';

const options = z.strictObject({
  align: alignOption,
  order: z
    .enum(['skip-first', 'up-first'])
    .default('skip-first')
    .describe('Whose channels come first.'),
});

/** Options of the `concat` merge. */
export type ConcatMergeOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MergeOptions {
    concat: ConcatMergeOptions;
  }
}

/**
 * Concatenates skip and upsampled map along the channels, as U-Net does.
 * @see https://arxiv.org/abs/1505.04597
 */
export const concatMerge = defineMerge({
  name: 'concat',
  description: 'Concatenates skip and upsampled map along the channels (U-Net).',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: ({ align, order }, { path }): Merge => {
    const where = `${path} (concat)`;
    return {
      outChannels: (skip, up) => skip + up,
      outputSize: (skip, up) => alignedSize(align, skip, up, where),
      forward: (skip, up) =>
        tf.tidy(() => {
          const [alignedSkip, alignedUp] = alignMaps(align, skip, up, where);
          const maps = order === 'skip-first' ? [alignedSkip, alignedUp] : [alignedUp, alignedSkip];
          return tf.concat(maps, 3);
        }),
    };
  },
});
