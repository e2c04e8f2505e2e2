import { defineTransform, type Box, type RandomStream, type Size } from '@segkit/core';
import * as z from 'zod';

import { checkCropFits, cropSample } from './crop-sample.js';
import { givesOneSize, oneSizeMessage, sizeFields, sizeOf } from './size-options.js';

const options = z.strictObject(sizeFields).refine(givesOneSize, { error: oneSizeMessage });

/** What a config may say about a `random-crop`. */
export type RandomCropOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'random-crop': RandomCropOptions;
  }
}

/** Cuts out a box at a random place, so that images of any size make batches of one size. */
export const randomCrop = defineTransform({
  name: 'random-crop',
  description: 'Cuts out a box of fixed size at a random place.',
  options,
  create: (sizeOptions, { path }) => {
    const size = sizeOf(sizeOptions);
    const region = (whole: Size, random: RandomStream, id?: string): Box => {
      const { height, width } = size ?? whole;
      checkCropFits({ path, name: 'random-crop' }, whole, { height, width }, id);
      const top = random.integer(whole.height - height + 1);
      const left = random.integer(whole.width - width + 1);
      return { top, left, height, width };
    };
    return {
      moves: true,
      region: (whole, random) => region(whole, random),
      apply: (sample, random) => cropSample(sample, region(sample.image, random, sample.id)),
    };
  },
});
