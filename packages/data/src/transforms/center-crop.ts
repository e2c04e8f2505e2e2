import { defineTransform } from '@segkit/core';
import * as z from 'zod';

import { checkCropFits, cropSample } from './crop-sample.js';
import { givesOneSize, oneSizeMessage, sizeFields, sizeOf } from './size-options.js';

const options = z.strictObject(sizeFields).refine(givesOneSize, { error: oneSizeMessage });

/** What a config may say about a `center-crop`. */
export type CenterCropOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'center-crop': CenterCropOptions;
  }
}

/** Cuts out the middle of every image; of an odd rest, the larger part goes to the bottom and the right. */
export const centerCrop = defineTransform({
  name: 'center-crop',
  description: 'Cuts a box of fixed size out of the middle.',
  options,
  create: (sizeOptions, { path }) => {
    const size = sizeOf(sizeOptions);
    return {
      moves: true,
      apply(sample) {
        const { height, width } = size ?? sample.image;
        checkCropFits({ path, name: 'center-crop' }, sample.image, { height, width }, sample.id);
        const top = Math.floor((sample.image.height - height) / 2);
        const left = Math.floor((sample.image.width - width) / 2);
        return cropSample(sample, { top, left, height, width });
      },
    };
  },
});
