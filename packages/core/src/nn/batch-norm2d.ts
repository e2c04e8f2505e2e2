import * as tf from '@tensorflow/tfjs-core';

import { batchNormEval } from '../ops/batch-norm-eval.js';
import { batchNormTrain } from '../ops/batch-norm-train.js';
import { moveStatistics } from '../ops/move-statistics.js';
import { constant, zeros } from './initializers.js';
import { Module, type Mode } from './module.js';
import type { Parameter } from './parameter.js';

/** What a batch normalisation is made of. */
export interface BatchNorm2dOptions {
  readonly channels: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Share of the newest batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
}

/**
 * Batch normalisation, as PyTorch's `nn.BatchNorm2d`: batch statistics in training, running ones in inference.
 * Parameters `weight` and `bias`, buffers `running_mean` and `running_var`; the running variance takes the unbiased
 * variance of the batch. Where `running_mean` is frozen, training normalises by the running statistics too.
 * @see https://arxiv.org/abs/1502.03167
 */
export class BatchNorm2d extends Module {
  readonly channels: number;
  readonly eps: number;
  readonly momentum: number;
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly runningMean: Parameter;
  readonly runningVariance: Parameter;

  constructor({ channels, eps = 1e-5, momentum = 0.1 }: BatchNorm2dOptions) {
    super();
    this.channels = channels;
    this.eps = eps;
    this.momentum = momentum;
    const shape = [channels];
    this.weight = this.parameter('weight', { shape, initializer: constant(1) });
    this.bias = this.parameter('bias', { shape, initializer: zeros() });
    this.runningMean = this.parameter('running_mean', {
      shape,
      initializer: zeros(),
      trainable: false,
    });
    this.runningVariance = this.parameter('running_var', {
      shape,
      initializer: constant(1),
      trainable: false,
    });
  }

  /**
   * In training, also moves the running statistics towards those of the batch.
   * @param x - `[batch, height, width, channels]` float32.
   * @returns The same shape.
   * @throws ShapeError if the channels differ, or in training if there is one value per channel.
   */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    const gamma = this.weight.value as tf.Tensor1D;
    const beta = this.bias.value as tf.Tensor1D;
    const { eps } = this;
    if (!mode.training || this.runningMean.frozen) {
      const mean = this.runningMean.value as tf.Tensor1D;
      const variance = this.runningVariance.value as tf.Tensor1D;
      return batchNormEval(x, gamma, beta, { mean, variance, eps });
    }
    return tf.tidy(() => {
      const { y, mean, variance } = batchNormTrain(x, gamma, beta, eps);
      const count = x.size / this.channels;
      const running = { mean: this.runningMean.value, variance: this.runningVariance.value };
      const moved = moveStatistics(running, { mean, variance }, { momentum: this.momentum, count });
      running.mean.assign(moved.mean);
      running.variance.assign(moved.variance);
      return y;
    });
  }
}
