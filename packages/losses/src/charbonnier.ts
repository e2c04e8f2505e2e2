import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { imageLoss } from './image-loss.js';

const charbonnierOptions = z.strictObject({
  epsilon: z
    .number()
    .positive()
    .default(1e-3)
    .describe('Differences well below it count squared, those well above it linearly.'),
});

/** Options of `charbonnier`. */
export type CharbonnierOptions = Readonly<z.input<typeof charbonnierOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    charbonnier: CharbonnierOptions;
  }
}

/**
 * Charbonnier loss `mean(sqrt((y - target) ** 2 + epsilon ** 2))` for image-to-image tasks: a smooth `l1`.
 * @see https://doi.org/10.1109/ICIP.1994.413553
 */
export const charbonnier = defineLoss({
  name: 'charbonnier',
  description: 'Smooth absolute difference, for image-to-image tasks.',
  source: 'https://doi.org/10.1109/ICIP.1994.413553',
  options: charbonnierOptions,
  create: ({ epsilon }) => {
    const cost = (difference: Tensor): Tensor =>
      tf.sqrt(tf.add(tf.square(difference), epsilon * epsilon));
    return imageLoss('charbonnier', cost, (difference) => tf.div(difference, cost(difference)));
  },
});
