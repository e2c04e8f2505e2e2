import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { stopGradient } from './custom-gradient.js';
import { overlapLoss } from './overlap-loss.js';
import { ratio } from './ratio.js';
import {
  activationOption,
  ignoreIndexOption,
  perImageOption,
  smoothOption,
} from './shared-options.js';

const tverskyOptions = z.strictObject({
  alpha: z.number().nonnegative().default(0.3).describe('Weight of false positives.'),
  beta: z.number().nonnegative().default(0.7).describe('Weight of false negatives.'),
  gamma: z
    .number()
    .positive()
    .default(1)
    .describe('Exponent of every class loss; 0.75 is the focal Tversky paper\'s "gamma = 4/3".'),
  activation: activationOption.default('softmax'),
  smooth: smoothOption.default(1),
  perImage: perImageOption,
  ignoreIndex: ignoreIndexOption,
});

/** Options of `tversky`. */
export type TverskyOptions = Readonly<z.input<typeof tverskyOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    tversky: TverskyOptions;
  }
}

/** `x ** gamma` for x in [0, 1]; the gradient stays finite at 0, where it is taken as 0. */
function power(x: Tensor2D, gamma: number): Tensor2D {
  if (gamma === 1) return x;
  const smallest = 1e-7;
  const risen = tf.pow<Tensor2D>(tf.maximum(x, smallest), gamma);
  const some = stopGradient(() => tf.greater(x, smallest));
  return tf.where(some, risen, tf.zerosLike(x));
}

/**
 * Tversky loss: the mean over classes of `(1 - (TP + smooth) / (TP + alpha*FP + beta*FN + smooth)) ** gamma` with soft
 * counts over the whole batch. `alpha = beta = 0.5` is Dice, `alpha = beta = 1` is Jaccard; a gamma below 1 is the
 * focal Tversky loss. In [0, 1]; 0 where all pixels are ignored.
 * @see https://arxiv.org/abs/1706.05721
 * @see https://arxiv.org/abs/1810.07842 (focal; its exponent is `1 / gamma` in that paper's letters)
 */
export const tversky = defineLoss({
  name: 'tversky',
  description:
    'Overlap loss that weighs false positives and false negatives apart; focal with gamma.',
  source: 'https://arxiv.org/abs/1706.05721',
  options: tverskyOptions,
  create: (options, { labels }) => {
    const { alpha, beta, gamma, smooth } = options;
    return overlapLoss('tversky', labels, options, ({ intersection, predicted, actual }) => {
      const falsePositives = tf.sub(predicted, intersection);
      const falseNegatives = tf.sub(actual, intersection);
      const errors = tf.add(tf.mul(falsePositives, alpha), tf.mul(falseNegatives, beta));
      const numerator = tf.add<Tensor2D>(intersection, smooth);
      // (1 - index) written as errors / (…), which keeps its digits where the overlap is almost perfect.
      return power(ratio<Tensor2D>(errors as Tensor2D, tf.add(numerator, errors), 0), gamma);
    });
  },
});
