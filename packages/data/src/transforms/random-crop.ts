import { defineTransform } from '@segkit/core';
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
    return {
      apply(sample, random) {
        const { height, width } = size ?? sample.image;
        checkCropFits(path, 'random-crop', sample, { height, width });
        const top = random.integer(sample.image.height - height + 1);
        const left = random.integer(sample.image.width - width + 1);
        return cropSample(sample, { top, left, height, width });
      },
    };
  },
});
