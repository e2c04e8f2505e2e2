import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { imageLoss } from './image-loss.js';

const l1Options = z.strictObject({});

/** Options of `l1`: none. */
export interface L1Options {}

declare module '@segkit/core' {
  interface LossOptions {
    l1: L1Options;
  }
}

/**
 * Mean absolute difference `mean(|y - target|)` for image-to-image tasks; gradient 0 where they are equal.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
 */
export const l1 = defineLoss({
  name: 'l1',
  description: 'Mean absolute difference, for image-to-image tasks.',
  source: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html',
  options: l1Options,
  create: () => imageLoss('l1', tf.abs, tf.sign),
});
