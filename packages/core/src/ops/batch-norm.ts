import * as tf from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';
import { expectShape, formatShape } from '../tensor/expect-shape.js';
import { channelSum } from './channel-sum.js';

/** What a batch normalisation with batch statistics gives. */
export interface BatchNormResult {
  /** `[batch, height, width, channels]` float32. */
  readonly y: tf.Tensor4D;
  /** `[channels]` float32, mean of the batch. Not differentiable. */
  readonly mean: tf.Tensor1D;
  /** `[channels]` float32, biased variance of the batch (division by the count). Not differentiable. */
  readonly variance: tf.Tensor1D;
}

function check(x: tf.Tensor4D, where: string, vectors: Record<string, tf.Tensor1D>): void {
  for (const [name, vector] of Object.entries(vectors)) {
    expectShape(vector, [x.shape[3]], `${where}: ${name}`);
  }
}

/**
 * Batch normalisation by the statistics of the batch: `y = (x - mean) / sqrt(variance + eps) * gamma + beta`.
 * @param x - `[batch, height, width, channels]` float32.
 * @param gamma - `[channels]` float32.
 * @param beta - `[channels]` float32.
 * @throws ShapeError if the channels differ, or if there is one value per channel, whose variance is nothing.
 * @see https://arxiv.org/abs/1502.03167
 */
export function batchNormTrain(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  eps: number,
): BatchNormResult {
  expectShape(x, [null, null, null, null], 'batchNormTrain: input');
  check(x, 'batchNormTrain', { gamma, beta });
  const channels = x.shape[3];
  const rows = x.size / channels;
  if (rows < 2) {
    throw new ShapeError(
      `batchNormTrain: input must have more than 1 value per channel, received ${formatShape(x.shape)}; ` +
        'use a larger batch or image.',
    );
  }
  const statistics: tf.Tensor2D[] = [];
  const op = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const [input, scale, shift, save] = inputs as [
      tf.Tensor4D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.GradSaveFunc,
    ];
    const flat = tf.reshape<tf.Rank.R2>(input, [rows, channels]);
    const mean = tf.div<tf.Tensor2D>(channelSum(flat), rows);
    const centred = tf.sub<tf.Tensor2D>(flat, mean);
    const variance = tf.div<tf.Tensor2D>(channelSum(tf.square<tf.Tensor2D>(centred)), rows);
    const inverse = tf.rsqrt(tf.add<tf.Tensor2D>(variance, eps));
    const slope = tf.mul(inverse, scale);
    save([centred, inverse, scale]);
    statistics.push(tf.keep(tf.clone(mean)) as tf.Tensor2D, tf.keep(tf.clone(variance)));
    return {
      value: tf.reshape(tf.add(tf.mul(centred, slope), shift), input.shape),
      gradFunc: (dy: tf.Tensor4D, saved: tf.Tensor[]) => {
        const [c, inv, g] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
        return tf.tidy(() => {
          const d = tf.reshape<tf.Rank.R2>(dy, [rows, channels]);
          const dBeta = channelSum(d);
          const dGamma = tf.mul<tf.Tensor2D>(channelSum(tf.mul<tf.Tensor2D>(d, c)), inv);
          // dx = gamma * inv * (dy - dBeta / n - xhat * dGamma / n), with xhat = centred * inv.
          const slopeOfC = tf.div(tf.mul(dGamma, inv), rows);
          const dx = tf.mul(
            tf.sub(tf.sub(d, tf.mul(c, slopeOfC)), tf.div(dBeta, rows)),
            tf.mul(inv, g),
          );
          return [
            tf.reshape(dx, dy.shape),
            tf.reshape(dGamma, [channels]),
            tf.reshape(dBeta, [channels]),
          ];
        });
      },
    };
  });
  const y = op(x, gamma, beta);
  const [mean, variance] = statistics.map((tensor) => {
    const copy = tf.reshape(tensor, [channels]);
    tensor.dispose();
    return copy as tf.Tensor1D;
  }) as [tf.Tensor1D, tf.Tensor1D];
  return { y, mean, variance };
}

/**
 * Batch normalisation by given statistics: `y = (x - mean) / sqrt(variance + eps) * gamma + beta`. The statistics
 * receive no gradient.
 * @param x - `[batch, height, width, channels]` float32.
 * @param gamma - `[channels]` float32.
 * @param beta - `[channels]` float32.
 * @param mean - `[channels]` float32.
 * @param variance - `[channels]` float32.
 * @returns `[batch, height, width, channels]` float32.
 * @throws ShapeError if the channels differ.
 */
export function batchNormEval(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { mean, variance, eps }: { mean: tf.Tensor1D; variance: tf.Tensor1D; eps: number },
): tf.Tensor4D {
  expectShape(x, [null, null, null, null], 'batchNormEval: input');
  check(x, 'batchNormEval', { gamma, beta, mean, variance });
  return tf.batchNorm4d(x, mean, variance, beta, gamma, eps);
}
