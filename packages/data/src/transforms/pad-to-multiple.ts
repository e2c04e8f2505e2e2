import { defineTransform, mapSize, sameSize } from '@segkit/core';
import * as z from 'zod';

import { padSample } from './pad-sample.js';

const options = z.strictObject({
  multiple: z
    .number()
    .int()
    .positive()
    .default(32)
    .describe('Height and width become multiples of this many pixels.'),
  mode: z
    .enum(['reflect', 'zero'])
    .default('reflect')
    .describe('What the added pixels show: the mirror image, or 0.'),
});

/** What a config may say about a `pad-to-multiple`. */
export type PadToMultipleOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'pad-to-multiple': PadToMultipleOptions;
  }
}

/** Enlarges samples of any size, at the bottom and the right, to sizes that a network with that output stride takes. */
export const padToMultiple = defineTransform({
  name: 'pad-to-multiple',
  description: 'Pads images to a multiple of the network’s stride; predictions are cropped back.',
  options,
  create: ({ multiple, mode }, { labels: { ignoreIndex } }) => ({
    apply: (sample) => {
      const size = mapSize(sample.image, (length) => Math.ceil(length / multiple) * multiple);
      if (sameSize(sample.image, size)) return sample;
      return padSample(sample, { size, before: 0, mode, ignoreIndex });
    },
  }),
});
