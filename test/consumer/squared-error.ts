import * as tf from '@tensorflow/tfjs-core';
import { defineLoss } from 'segkit';
import { z } from 'zod';

const options = z.strictObject({ scale: z.number().positive().default(1) });

declare module 'segkit' {
  interface LossOptions {
    'squared-error': z.input<typeof options>;
  }
}

export const squaredError = defineLoss({
  name: 'squared-error',
  description: 'Mean squared distance between probabilities and one-hot labels.',
  options,
  create: ({ scale }) => ({
    activation: 'softmax',
    outChannels: (classes) => classes,
    forward: (logits, { labels }) => {
      if (labels === undefined) throw new Error('squared-error needs labels');
      const oneHot = tf.cast(tf.oneHot(labels, logits.shape[3]), 'float32');
      const distance = tf.mean(tf.squaredDifference(tf.softmax(logits), oneHot));
      return tf.mul<tf.Scalar>(distance, scale);
    },
  }),
});
