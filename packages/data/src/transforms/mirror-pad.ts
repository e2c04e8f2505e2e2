import { defineTransform, mapSize } from '@segkit/core';
import * as z from 'zod';

import { padSample } from './pad-sample.js';

const options = z.strictObject({
  margin: z
    .number()
    .int()
    .positive()
    .describe(
      'Rows and columns added on every side: what a network of valid convolutions takes off, 92 for the U-Net of 2015.',
    ),
});

/** What a config may say about a `mirror-pad`. */
export type MirrorPadOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'mirror-pad': MirrorPadOptions;
  }
}

/**
 * Shows a network of valid convolutions what its borders lack, so that it learns from whole images.
 * @see https://arxiv.org/abs/1505.04597
 */
export const mirrorPad = defineTransform({
  name: 'mirror-pad',
  description: 'Mirrors images beyond their borders, for networks of valid convolutions (U-Net).',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: ({ margin }, { labels: { ignoreIndex } }) => ({
    apply: (sample) => {
      const size = mapSize(sample.image, (length) => length + 2 * margin);
      return padSample(sample, { size, before: margin, mode: 'reflect', ignoreIndex });
    },
  }),
});
