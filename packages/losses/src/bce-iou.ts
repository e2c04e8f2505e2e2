import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { overlapSums } from './overlap-sums.js';
import { pixelLoss } from './pixel-loss.js';
import { sumAll } from './pixel-sums.js';
import { ratio } from './ratio.js';
import { ignoreIndexOption } from './shared-options.js';

const bceIouOptions = z.strictObject({ ignoreIndex: ignoreIndexOption });

/** Options of `bce-iou`. */
export type BceIouOptions = Readonly<z.input<typeof bceIouOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    'bce-iou': BceIouOptions;
  }
}

const smooth = 1e-7;

/**
 * `BCE - IoU + 1` with `inter = sum(p*t) + 1e-7` and `IoU = inter / (sum(p + t) - inter + 1e-7)`, sums over all pixels
 * and channels of the batch, sigmoid probabilities. Two classes have one channel, the logit of class 1. 0 where all
 * pixels are ignored.
 * @see https://zhuanlan.zhihu.com/p/79204199
 */
export const bceIou = defineLoss({
  name: 'bce-iou',
  description: 'Binary cross entropy minus soft IoU plus one, over the whole batch.',
  source: 'https://zhuanlan.zhihu.com/p/79204199',
  options: bceIouOptions,
  create: ({ ignoreIndex }, { labels }) =>
    pixelLoss({
      name: 'bce-iou',
      activation: 'sigmoid',
      labels,
      ignoreIndex,
      score: (logits, pixels) => {
        const sums = overlapSums(tf.sigmoid(logits), pixels, false);
        const inter = tf.add<Scalar>(sumAll(sums.intersection), smooth);
        const total = sumAll(tf.add(sums.predicted, sums.actual));
        const iou = ratio<Scalar>(inter, tf.add(tf.sub(total, inter), smooth), 1);
        return tf.add(tf.sub(binaryCrossEntropy(logits, pixels), iou), 1);
      },
    }),
});
