import * as tf from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';
import { expectShape, formatShape } from '../tensor/expect-shape.js';
import { channelMean } from './channel-mean.js';
import { runEngineKernel } from './engine-kernel.js';
import { withoutGradient } from './without-gradient.js';

/** What batch normalisation by batch statistics gives. */
export interface BatchNormResult {
  /** `[batch, height, width, channels]` float32. */
  readonly y: tf.Tensor4D;
  /** `[channels]` float32: the batch's mean. No gradient flows through it. */
  readonly mean: tf.Tensor1D;
  /** `[channels]` float32: the batch's variance, divided by the count (biased). No gradient flows through it. */
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation by the statistics of the batch: `y = (x - mean) / sqrt(variance + eps) * gamma + beta`, with a
 * gradient of four passes over the map.
 * @param x - `[batch, height, width, channels]` float32.
 * @param gamma - `[channels]` float32.
 * @param beta - `[channels]` float32.
 * @throws ShapeError if the channels differ, or if there is but one value per channel, which has no variance.
 * @see https://arxiv.org/abs/1502.03167
 */
export function batchNormTrain(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  eps: number,
): BatchNormResult {
  expectShape(x, [null, null, null, gamma.shape[0]], 'batchNorm: input');
  expectShape(beta, gamma.shape, 'batchNorm: beta');
  if (x.size <= x.shape[3]) {
    throw new ShapeError(
      `batchNorm: input must have more than 1 value per channel, received ${formatShape(x.shape)}; ` +
        'use a larger batch or image.',
    );
  }
  return fusedBatchNorm(x, gamma, beta, eps) ?? composedBatchNorm(x, gamma, beta, eps);
}

/** By the engine's own kernel; `undefined` if it has none. Its gradient: {@link registerBatchNormGradient}. */
function fusedBatchNorm(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  eps: number,
): BatchNormResult | undefined {
  const outputs = runEngineKernel('BatchNormTraining', { x, gamma, beta }, { eps });
  if (outputs === undefined) return undefined;
  const [y, mean, variance] = outputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  return { y, mean, variance };
}

/** Tells tfjs the gradient of the engine's kernel; safe to call again. */
export function registerBatchNormGradient(): void {
  if (tf.getGradient('BatchNormTraining') as tf.GradConfig | undefined) return;
  tf.registerGradient({
    kernelName: 'BatchNormTraining',
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [dy] = dys as tf.Tensor[];
      const [x, gamma, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const inputs = { dy: dy as tf.Tensor, x, mean, variance, gamma };
      const outputs = runEngineKernel('BatchNormTrainingGrad', inputs, attributes) ?? [];
      const [dx, dgamma, dbeta] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
    },
  });
}

function composedBatchNorm(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  eps: number,
): BatchNormResult {
  return tf.tidy(() => {
    const mean = withoutGradient(() => channelMean(x));
    const centered = withoutGradient(() => tf.sub<tf.Tensor4D>(x, mean));
    // In two passes: E[x^2] - E[x]^2 would lose all digits of a variance that is small against the mean.
    const variance = withoutGradient(() => channelMean(tf.square(centered)));
    const inverse = withoutGradient(() => tf.rsqrt(tf.add<tf.Tensor1D>(variance, eps)));
    const normalize = tf.customGrad<tf.Tensor4D>((...inputs) => {
      const [, scale, shift, save] = inputs as Normalized;
      save([centered, inverse, scale]);
      return {
        value: tf.add<tf.Tensor4D>(tf.mul(centered, tf.mul(inverse, scale)), shift),
        gradFunc: batchNormGradient,
      };
    });
    return { y: normalize(x, gamma, beta), mean, variance };
  });
}

/** What tfjs hands to the op: the map, gamma, beta and where to save tensors. */
type Normalized = [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];

/**
 * With n values per channel, `xhat = centered * inverse`:
 * `dx = gamma * inverse * (dy - mean(dy) - xhat * mean(dy * xhat))`, `dgamma = sum(dy * xhat)`, `dbeta = sum(dy)`.
 */
function batchNormGradient(dy: tf.Tensor4D, saved: tf.Tensor[]): tf.Tensor[] {
  const [centered, inverse, gamma] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  const count = dy.size / gamma.size;
  return tf.tidy(() => {
    const meanOfDy = channelMean(dy);
    const meanOfProduct = tf.mul<tf.Tensor1D>(channelMean(tf.mul(dy, centered)), inverse);
    const alongX = tf.mul(centered, tf.mul(meanOfProduct, inverse));
    const rest = tf.sub(tf.sub(dy, meanOfDy), alongX);
    return [
      tf.mul(rest, tf.mul(inverse, gamma)),
      tf.mul(meanOfProduct, count),
      tf.mul(meanOfDy, count),
    ];
  });
}
