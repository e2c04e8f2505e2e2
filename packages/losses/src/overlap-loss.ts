import type { LabelSchema, Loss } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';

import { probabilities, type LabelActivation } from './channel-classes.js';
import { overlapSums, type OverlapSums } from './overlap-sums.js';
import { pixelLoss } from './pixel-loss.js';

/** Options that all overlap losses share. */
export interface OverlapLossOptions {
  readonly activation: LabelActivation;
  readonly perImage: boolean;
  readonly ignoreIndex?: number | undefined;
}

/**
 * Builds a loss from an overlap score per class.
 * @param lossOf - From the sums to losses per group and class, `[groups, classes]`; the loss is their mean.
 */
export function overlapLoss(
  name: string,
  labels: LabelSchema,
  { activation, perImage, ignoreIndex }: OverlapLossOptions,
  lossOf: (sums: OverlapSums) => Tensor2D,
): Loss {
  return pixelLoss({
    name,
    activation,
    labels,
    ignoreIndex,
    score: (logits, pixels) => {
      const sums = overlapSums(probabilities(logits, activation), pixels, perImage);
      return tf.mean<Scalar>(lossOf(sums));
    },
  });
}
