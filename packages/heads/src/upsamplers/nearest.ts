import { defineUpsampler, resizeNearest } from '@segkit/core';
import * as z from 'zod';

import { ResizedUpsampler } from './resized.js';

const options = z.strictObject({
  conv: z
    .boolean()
    .default(false)
    .describe('A 1x1 convolution with ReLU afterwards, which changes the channels.'),
});

/** Options of the `nearest` upsampler. */
export type NearestUpsamplerOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface UpsamplerOptions {
    nearest: NearestUpsamplerOptions;
  }
}

/** Nearest-neighbour upsampling: every pixel becomes 2x2, optionally with a 1x1 convolution and ReLU. */
export const nearestUpsampler = defineUpsampler({
  name: 'nearest',
  description: 'Repeats pixels, optionally with a 1x1 convolution and ReLU.',
  source: 'https://distill.pub/2016/deconv-checkerboard/',
  options,
  create: ({ conv }, context) =>
    new ResizedUpsampler(context, (x, size) => resizeNearest(x, size), conv),
});
