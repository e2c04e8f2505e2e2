import { DataError, defineLoss, expectShape } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { borderWeights } from './border-weights.js';
import { crossEntropy } from './cross-entropy.js';
import { pixelLoss } from './pixel-loss.js';
import { sumAll } from './pixel-sums.js';
import { ignoreIndexOption } from './shared-options.js';

const weightedBorderCeOptions = z.strictObject({
  w0: z
    .number()
    .nonnegative()
    .default(10)
    .describe('Height of the weight between touching objects.'),
  sigma: z.number().positive().default(5).describe('Width of the border weight in pixels.'),
  classBalance: z
    .boolean()
    .default(true)
    .describe('Weigh the classes of every image inversely to their frequency.'),
  ignoreIndex: ignoreIndexOption,
});

/** Options of `weighted-border-ce`. */
export type WeightedBorderCeOptions = Readonly<z.input<typeof weightedBorderCeOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    'weighted-border-ce': WeightedBorderCeOptions;
  }
}

/**
 * The U-Net paper's loss: softmax cross entropy with the weight map
 * `w(x) = w_c(x) + w0 * exp(-(d1 + d2)**2 / (2 * sigma**2))`, d1 and d2 the distances to the two nearest objects. The
 * map is made once per image by `weightMap` and arrives as `target.weights`. The loss is `sum(w * ce) / n` over the n
 * counted pixels, not divided by the sum of weights, so borders add to the loss; 0 where all pixels are ignored.
 * @see https://arxiv.org/abs/1505.04597
 */
export const weightedBorderCe = defineLoss({
  name: 'weighted-border-ce',
  description: 'Softmax cross entropy that stresses the gaps between neighbouring objects.',
  source: 'https://arxiv.org/abs/1505.04597',
  options: weightedBorderCeOptions,
  create: (options, { labels: schema }) => {
    const ignoreIndex = options.ignoreIndex ?? schema.ignoreIndex;
    const loss = pixelLoss({
      name: 'weighted-border-ce',
      activation: 'softmax',
      labels: schema,
      ignoreIndex,
      score: (logits, { truth, valid }, { weights }) => {
        if (weights === undefined) {
          throw new DataError(
            "weighted-border-ce: target.weights are missing; make them with the loss's weightMap(), " +
              'one map per image before any transform.',
          );
        }
        expectShape(weights, logits.shape.slice(0, 3), 'weighted-border-ce: weights');
        const masses = tf.mul<Tensor4D>(truth, tf.expandDims(weights, 3));
        return crossEntropy(logits, masses, sumAll(valid));
      },
    });
    return {
      ...loss,
      weightMap: (labels, instances) =>
        borderWeights(labels, instances, { ...options, ignoreIndex }),
    };
  },
});
