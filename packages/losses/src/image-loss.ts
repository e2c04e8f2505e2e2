import { DataError, expectShape, type Loss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

import { withGradient } from './custom-gradient.js';
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
      expectShape(image, logits.shape, `${name}: target image`, "it must match the network's output");
      return tf.tidy(() => {
        const pixels = Math.max(1, logits.size);
        return withGradient(
          logits,
          () => {
            const difference = tf.sub(logits, image);
            const value = tf.div<Scalar>(sumAll(cost(difference)), pixels);
            return { value, saved: [difference] };
          },
          (dy: Scalar, [difference]) => tf.mul(slope(difference), tf.div(dy, pixels)),
        );
      });
    },
  };
}
