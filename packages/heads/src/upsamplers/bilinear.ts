import { defineUpsampler, resizeBilinear } from '@segkit/core';
import * as z from 'zod';

import { ResizedUpsampler } from './resized.js';

const options = z.strictObject({
  alignCorners: z
    .boolean()
    .default(false)
    .describe('True: corner pixels keep their values; false: pixel centres at half-integers.'),
  conv: z
    .boolean()
    .default(false)
    .describe('A 1x1 convolution with ReLU afterwards, which changes the channels.'),
});

/** Options of the `bilinear` upsampler. */
export type BilinearUpsamplerOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface UpsamplerOptions {
    bilinear: BilinearUpsamplerOptions;
  }
}

/** Bilinear interpolation (PyTorch's `Upsample(mode='bilinear')`), optionally with a 1x1 convolution and ReLU. */
export const bilinearUpsampler = defineUpsampler({
  name: 'bilinear',
  description: 'Bilinear interpolation, optionally with a 1x1 convolution and ReLU.',
  source: 'https://distill.pub/2016/deconv-checkerboard/',
  options,
  create: ({ alignCorners, conv }, context) =>
    new ResizedUpsampler(context, (x, size) => resizeBilinear(x, size, { alignCorners }), conv),
});
