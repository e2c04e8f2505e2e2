import { ConfigError, defineMerge, type Merge } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { alignedSize, alignMaps, alignOption } from './align.js';

const options = z.strictObject({ align: alignOption });

/** Options of the `add` merge. */
export type AddMergeOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface MergeOptions {
    add: AddMergeOptions;
  }
}

/**
 * Adds the skip to the upsampled map, as LinkNet does; both need the same number of channels.
 * @see https://arxiv.org/abs/1707.03718
 */
export const addMerge = defineMerge({
  name: 'add',
  description: 'Adds skip and upsampled map of equal channels (LinkNet).',
  source: 'https://arxiv.org/abs/1707.03718',
  options,
  create: ({ align }, { path }): Merge => {
    const where = `${path} (add)`;
    return {
      outChannels: (skip, up) => {
        if (skip === up) return skip;
        throw new ConfigError(
          `${where}: the skip has ${String(skip)} channels, the upsampled map ${String(up)}, and only equal ` +
            'counts can be added; use merge "concat", or an upsampler that changes the channels.',
        );
      },
      outputSize: (skip, up) => alignedSize(align, skip, up, where),
      forward: (skip, up) =>
        tf.tidy(() => tf.add<tf.Tensor4D>(...alignMaps(align, skip, up, where))),
    };
  },
});
