import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { crossEntropy } from './cross-entropy.js';
import { expectPerClass } from './expect-per-class.js';
import { pixelLoss } from './pixel-loss.js';
import { sumAll } from './pixel-sums.js';
import { ignoreIndexOption } from './shared-options.js';
import type { PixelTruth } from './valid-pixels.js';

const ceOptions = z.strictObject({
  classWeights: z
    .array(z.number().nonnegative())
    .readonly()
    .optional()
    .describe('One weight per class; the mean is then divided by the sum of the weights used.'),
  ignoreIndex: ignoreIndexOption,
  labelSmoothing: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of every target that is spread evenly over all classes.'),
});

/** Options of `ce`. */
export type CeOptions = Readonly<z.input<typeof ceOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    ce: CeOptions;
  }
}

/**
 * What every pixel should have said, times class weights, and the sum of the weights of the true classes:
 * `q = (1 - s) * w_y * oneHot + (s / classes) * w`.
 */
function smoothedMasses(
  { truth, valid }: PixelTruth,
  weights: readonly number[] | undefined,
  smoothing: number,
): { readonly masses: Tensor4D; readonly norm: Scalar } {
  const perClass = tf.tensor1d([...(weights ?? new Array<number>(truth.shape[3]).fill(1))]);
  const weighted = weights === undefined ? truth : tf.mul<Tensor4D>(truth, perClass);
  const norm = sumAll(weights === undefined ? valid : weighted);
  if (smoothing === 0) return { masses: weighted, norm };
  const spread = tf.mul(tf.mul(valid, perClass), smoothing / truth.shape[3]);
  return { masses: tf.add(tf.mul(weighted, 1 - smoothing), spread), norm };
}

/**
 * Softmax cross entropy, the mean over counted pixels of `-log softmax(logits)[label]`, with class weights and label
 * smoothing as in `torch.nn.CrossEntropyLoss`: a weighted mean divides by the sum of the weights. Where every pixel is
 * ignored PyTorch gives NaN; this gives 0 with zero gradients.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 */
export const ce = defineLoss({
  name: 'ce',
  description: 'Softmax cross entropy with class weights and label smoothing.',
  source: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html',
  options: ceOptions,
  create: ({ classWeights, ignoreIndex, labelSmoothing }, { labels, path }) => {
    if (classWeights !== undefined) {
      expectPerClass(classWeights, labels.classes.length, `${path}.classWeights`);
    }
    return pixelLoss({
      name: 'ce',
      activation: 'softmax',
      labels,
      ignoreIndex,
      score: (logits, pixels) => {
        const { masses, norm } = smoothedMasses(pixels, classWeights, labelSmoothing);
        return crossEntropy(logits, masses, norm);
      },
    });
  },
});
