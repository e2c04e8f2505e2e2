import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { imageLoss } from './image-loss.js';

const mseOptions = z.strictObject({});

/** Options of `mse`: none. */
export interface MseOptions {}

declare module '@segkit/core' {
  interface LossOptions {
    mse: MseOptions;
  }
}

/**
 * Mean squared difference `mean((y - target) ** 2)` for image-to-image tasks; minimising it maximises PSNR.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
 */
export const mse = defineLoss({
  name: 'mse',
  description: 'Mean squared difference, for image-to-image tasks.',
  source: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html',
  options: mseOptions,
  create: () => imageLoss('mse', tf.square, (difference) => tf.mul(difference, 2)),
});
