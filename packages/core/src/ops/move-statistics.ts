import * as tf from '@tensorflow/tfjs-core';

import { runEngineKernel } from './engine-kernel.js';
import { withoutGradient } from './without-gradient.js';

/** Mean and variance of every channel, `[channels]` float32 each. */
export interface ChannelStatistics {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** How far running statistics move. */
export interface StatisticsMove {
  /** Share of the batch in the result. */
  readonly momentum: number;
  /** Numbers per channel in the batch, more than 1. */
  readonly count: number;
}

/**
 * Running statistics moved towards those of a batch: `running * (1 - momentum) + batch * momentum`, where the batch's
 * variance is made unbiased, `* count / (count - 1)`. No gradient flows through them.
 * @param batch - Its variance is divided by the count (biased).
 */
export function moveStatistics(
  running: ChannelStatistics,
  batch: ChannelStatistics,
  { momentum, count }: StatisticsMove,
): ChannelStatistics {
  const unbiased = count / (count - 1);
  const fused = runEngineKernel(
    'MoveStatistics',
    {
      runningMean: running.mean,
      runningVariance: running.variance,
      mean: batch.mean,
      variance: batch.variance,
    },
    { momentum, unbiased },
  );
  if (fused !== undefined) {
    const [mean, variance] = fused as [tf.Tensor, tf.Tensor];
    return { mean, variance };
  }
  const moved = (from: tf.Tensor, to: tf.Tensor, factor: number): tf.Tensor =>
    withoutGradient(() => tf.add(tf.mul(from, 1 - momentum), tf.mul(to, momentum * factor)));
  return {
    mean: moved(running.mean, batch.mean, 1),
    variance: moved(running.variance, batch.variance, unbiased),
  };
}
