import * as tf from '@tensorflow/tfjs-core';

import { adamUpdate } from './adam-update.js';
import { batchNormTraining, batchNormTrainingGrad } from './batch-norm-training.js';
import { channelSum } from './channel-sum.js';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.js';
import { maxPoolGrad } from './max-pool-grad.js';
import { moveStatistics } from './move-statistics.js';
import { reluGrad } from './relu-grad.js';
import { round } from './round.js';
import type { TensorflowBackend, TensorflowKernel } from './tensorflow-kernel.js';

const everywhere: readonly TensorflowKernel[] = [adamUpdate, reluGrad, round];

/** On CUDA, cuDNN's batch normalisation hands other statistics to its gradient, and pooling is fast already. */
const onProcessor: readonly TensorflowKernel[] = [
  batchNormTraining,
  batchNormTrainingGrad,
  channelSum,
  conv2dBackpropFilter,
  maxPoolGrad,
  moveStatistics,
];

/** Marks our kernel functions, also for another copy of this package in the same program. */
const mark = Symbol.for('@segkit/engines/tensorflow-kernel');

/**
 * Gives tfjs-node's backend kernels that TensorFlow has and tfjs does not ask for, and repairs what a current TensorFlow
 * computes differently. Calling it again changes nothing.
 */
export function registerTensorflowKernels(backend: TensorflowBackend): void {
  const kernels = backend.isUsingGpuDevice ? everywhere : [...everywhere, ...onProcessor];
  for (const { name, make } of kernels) {
    // The type says otherwise, but a kernel may be absent.
    const stock = tf.getKernel(name, 'tensorflow') as tf.KernelConfig | undefined;
    if (stock !== undefined && mark in stock.kernelFunc) continue;
    const kernelFunc = Object.assign(make(stock?.kernelFunc), { [mark]: true });
    if (stock !== undefined) tf.unregisterKernel(name, 'tensorflow');
    tf.registerKernel({ kernelName: name, backendName: 'tensorflow', kernelFunc });
  }
}
