import { defineLoss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { lovaszExtension } from './lovasz-extension.js';
import { pixelLoss } from './pixel-loss.js';
import { ratio } from './ratio.js';
import { ignoreIndexOption } from './shared-options.js';

const lovaszSoftmaxOptions = z.strictObject({
  classes: z
    .enum(['present', 'all'])
    .default('present')
    .describe('Average over the classes that occur in the labels, or over all.'),
  perImage: z
    .boolean()
    .default(false)
    .describe('Sort and score every image by itself and average, rather than the whole batch.'),
  ignoreIndex: ignoreIndexOption,
});

/** Options of `lovasz-softmax`. */
export type LovaszSoftmaxOptions = Readonly<z.input<typeof lovaszSoftmaxOptions>>;

declare module '@segkit/core' {
  interface LossOptions {
    'lovasz-softmax': LovaszSoftmaxOptions;
  }
}

/** `[batch, height, width, classes]` as one row of pixels per group and class: `[groups * classes, pixels]`. */
function pixelRows(x: Tensor4D, groups: number): Tensor2D {
  const classes = x.shape[3];
  const pixels = x.size / (groups * classes);
  const byGroup = tf.transpose(tf.reshape(x, [groups, pixels, classes]), [0, 2, 1]);
  return tf.reshape(byGroup, [groups * classes, pixels]);
}

/**
 * Lovasz-softmax: the Lovasz extension of the Jaccard loss on the errors `|t - p|`, p = softmax, mean over the classes
 * that occur (or all), over the whole batch (or per image, then averaged). In [0, 1]; 0 where all pixels are ignored.
 * @see https://arxiv.org/abs/1705.08790
 */
export const lovaszSoftmax = defineLoss({
  name: 'lovasz-softmax',
  description: 'Convex surrogate of the Jaccard loss on softmax probabilities.',
  source: 'https://arxiv.org/abs/1705.08790',
  options: lovaszSoftmaxOptions,
  create: ({ classes: averaged, perImage, ignoreIndex }, { labels }) =>
    pixelLoss({
      name: 'lovasz-softmax',
      activation: 'softmax',
      labels,
      ignoreIndex,
      score: (logits, { truth, valid }) => {
        const [batch, , , classes] = logits.shape;
        const groups = perImage ? batch : 1;
        const foreground = pixelRows(truth, groups);
        const counted = pixelRows(tf.mul(tf.onesLike(truth), valid), groups);
        const p = pixelRows(tf.softmax(logits), groups);
        // |t - p| = t + (1 - 2t) * p, because t is 0 or 1.
        const distance = tf.add(foreground, tf.mul(p, tf.sub(1, tf.mul(foreground, 2))));
        const errors = tf.mul<Tensor2D>(distance, counted);
        const losses = tf.reshape(lovaszExtension(errors, foreground, counted), [groups, classes]);
        const scored =
          averaged === 'present'
            ? tf.cast(tf.greater(tf.sum(foreground, 1), 0), 'float32')
            : tf.ones([groups * classes]);
        const weights = tf.reshape(scored, [groups, classes]);
        const sums = tf.sum(tf.mul(losses, weights), 1);
        return tf.mean<Scalar>(ratio(sums, tf.sum(weights, 1), 0));
      },
    }),
});
