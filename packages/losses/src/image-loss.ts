import { DataError, expectShape, type Loss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

import { stopGradient, withGradient } from './custom-gradient.js';
import { sumAll } from './pixel-sums.js';

/**
 * Builds an image-to-image loss, a mean over all pixels and channels of a function of `difference = output - target`.
 * Its `outChannels` is one channel per class: there, the classes are the target's channels. Labels and `ignoreIndex`
 * play no part.
 * @param cost - The function, elementwise.
 * @param slope - Its derivative, elementwise.
 */
export function imageLoss(
  name: string,
  cost: (difference: Tensor) => Tensor,
  slope: (difference: Tensor) => Tensor,
): Loss {
  return {
    activation: 'none',
    outChannels: (classes) => classes,
    forward: (logits, { image }) => {
      if (image === undefined) {
        throw new DataError(
          `${name}: target.image is missing; use a data set with target images, or a loss on labels such as "ce".`,
        );
      }
      expectShape(
        image,
        logits.shape,
        `${name}: target image`,
        "it must match the network's output",
      );
      return tf.tidy(() => {
        const pixels = Math.max(1, logits.size);
        const difference = stopGradient(() => tf.sub(logits, image));
        return withGradient(
          logits,
          [difference],
          () => tf.div<Scalar>(sumAll(cost(difference)), pixels),
          (dy, [d]) => tf.mul(slope(d), tf.div(dy, pixels)),
        );
      });
    },
  };
}
