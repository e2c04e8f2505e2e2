import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { overlapLoss } from './overlap-loss.js';
import { ratio } from './ratio.js';
import {
  activationOption,
  ignoreIndexOption,
  perImageOption,
  smoothOption,
} from './shared-options.js';

const jaccardOptions = z.strictObject({
  activation: activationOption.default('softmax'),
  smooth: smoothOption.default(1),
  perImage: perImageOption,
  ignoreIndex: ignoreIndexOption,
});

/** Options of `jaccard`. */
export type JaccardOptions = Readonly<z.input<typeof jaccardOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    jaccard: JaccardOptions;
  }
}

/**
 * Soft intersection-over-union loss: `1 - (sum(p*t) + smooth) / (sum(p) + sum(t) - sum(p*t) + smooth)`, summed over
 * the whole batch for every class, mean over classes. In [0, 1]; 0 where all pixels are ignored.
 * @see https://doi.org/10.1007/978-3-319-50835-1_22
 */
export const jaccard = defineLoss({
  name: 'jaccard',
  description: 'Soft intersection-over-union loss, mean over classes.',
  source: 'https://doi.org/10.1007/978-3-319-50835-1_22',
  options: jaccardOptions,
  create: (options, { labels }) =>
    overlapLoss('jaccard', labels, options, ({ intersection, predicted, actual }) => {
      const union = tf.sub<Tensor2D>(tf.add(predicted, actual), intersection);
      const numerator = tf.add<Tensor2D>(intersection, options.smooth);
      return tf.sub(1, ratio(numerator, tf.add<Tensor2D>(union, options.smooth), 1));
    }),
});
