import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { overlapLoss } from './overlap-loss.js';
import type { OverlapSums } from './overlap-sums.js';
import { ratio } from './ratio.js';
import {
  activationOption,
  ignoreIndexOption,
  perImageOption,
  smoothOption,
} from './shared-options.js';

const diceOptions = z.strictObject({
  activation: activationOption.default('softmax'),
  smooth: smoothOption.default(1),
  perImage: perImageOption,
  ignoreIndex: ignoreIndexOption,
});

/** Options of `dice`. */
export type DiceOptions = Readonly<z.input<typeof diceOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    dice: DiceOptions;
  }
}

/** `1 - (2*sum(p*t) + smooth) / (sum(p) + sum(t) + smooth)` per group and class. */
export function diceLosses(
  { intersection, predicted, actual }: OverlapSums,
  smooth: number,
): Tensor2D {
  const numerator = tf.add<Tensor2D>(tf.mul(intersection, 2), smooth);
  const denominator = tf.add<Tensor2D>(tf.add(predicted, actual), smooth);
  return tf.sub(1, ratio(numerator, denominator, 1));
}

/**
 * Soft Dice loss: `1 - (2*sum(p*t) + smooth) / (sum(p) + sum(t) + smooth)`, summed over the whole batch for every
 * class, mean over classes. In [0, 1]; 0 where all pixels are ignored.
 * @see https://arxiv.org/abs/1606.04797
 */
export const dice = defineLoss({
  name: 'dice',
  description: 'Soft Dice loss, mean over classes.',
  source: 'https://arxiv.org/abs/1606.04797',
  options: diceOptions,
  create: (options, { labels }) =>
    overlapLoss('dice', labels, options, (sums) => diceLosses(sums, options.smooth)),
});
