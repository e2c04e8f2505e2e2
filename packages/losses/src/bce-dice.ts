import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { diceLosses } from './dice.js';
import { overlapSums } from './overlap-sums.js';
import { pixelLoss } from './pixel-loss.js';
import { ignoreIndexOption, smoothOption } from './shared-options.js';

const bceDiceOptions = z.strictObject({
  smooth: smoothOption.default(0),
  ignoreIndex: ignoreIndexOption,
});

/** Options of `bce-dice`. */
export type BceDiceOptions = Readonly<z.input<typeof bceDiceOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    'bce-dice': BceDiceOptions;
  }
}

/**
 * D-LinkNet's loss: binary cross entropy plus `1 - (2*sum(p*t) + smooth) / (sum(p) + sum(t) + smooth)` over the whole
 * batch, with sigmoid probabilities. The authors' code has `smooth = 0`. Two classes have one channel; with more, the
 * Dice part is the mean over channels.
 * @see https://openaccess.thecvf.com/content_cvpr_2018_workshops/w4/html/Zhou_D-LinkNet_LinkNet_With_CVPR_2018_paper.html
 */
export const bceDice = defineLoss({
  name: 'bce-dice',
  description: 'Binary cross entropy plus soft Dice, as in D-LinkNet.',
  source:
    'https://openaccess.thecvf.com/content_cvpr_2018_workshops/w4/html/Zhou_D-LinkNet_LinkNet_With_CVPR_2018_paper.html',
  options: bceDiceOptions,
  create: ({ smooth, ignoreIndex }, { labels }) =>
    pixelLoss({
      name: 'bce-dice',
      activation: 'sigmoid',
      labels,
      ignoreIndex,
      score: (logits, pixels) => {
        const sums = overlapSums(tf.sigmoid(logits), pixels, false);
        const overlap = tf.mean<Scalar>(diceLosses(sums, smooth));
        return tf.add(binaryCrossEntropy(logits, pixels), overlap);
      },
    }),
});
