import type * as tf from '@tensorflow/tfjs-core';

import { runOperation } from './run-operation.js';
import {
  channelsLast,
  floatType,
  type OpAttribute,
  type TensorflowBackend,
  type TensorflowKernel,
} from './tensorflow-kernel.js';

function attributesOf(backend: TensorflowBackend, eps: number): readonly OpAttribute[] {
  const { TF_ATTR_FLOAT, TF_ATTR_BOOL } = backend.binding;
  return [
    floatType(backend),
    floatType(backend, 'U'),
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: eps },
    channelsLast(backend),
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ];
}

/**
 * Batch normalisation by the batch's statistics in one operation. Mean and (biased) variance are what it hands to its
 * gradient; what it calls its variance is the unbiased one.
 */
export const batchNormTraining: TensorflowKernel = {
  name: 'BatchNormTraining',
  make: () => (call) => {
    const { x, gamma, beta } = call.inputs as Record<'x' | 'gamma' | 'beta', tf.TensorInfo>;
    const { eps } = call.attrs as unknown as { readonly eps: number };
    const backend = call.backend as TensorflowBackend;
    return runOperation(backend, {
      name: 'FusedBatchNormV3',
      attributes: attributesOf(backend, eps),
      inputs: [x, gamma, beta, null, null],
      outputs: 6,
      wanted: [0, 3, 4],
    });
  },
};

/** The gradient of {@link batchNormTraining}: of the map, of gamma and of beta. */
export const batchNormTrainingGrad: TensorflowKernel = {
  name: 'BatchNormTrainingGrad',
  make: () => (call) => {
    const { dy, x, gamma, mean, variance } = call.inputs as Record<
      'dy' | 'x' | 'gamma' | 'mean' | 'variance',
      tf.TensorInfo
    >;
    const { eps } = call.attrs as unknown as { readonly eps: number };
    const backend = call.backend as TensorflowBackend;
    return runOperation(backend, {
      name: 'FusedBatchNormGradV3',
      attributes: attributesOf(backend, eps),
      inputs: [dy, x, gamma, mean, variance, null],
      outputs: 5,
      wanted: [0, 1, 2],
    });
  },
};
