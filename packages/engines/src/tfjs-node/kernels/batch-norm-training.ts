import * as tf from '@tensorflow/tfjs-core';

import {
  floatType,
  runTensorflowOp,
  type OpAttribute,
  type TensorflowBackend,
  type TensorflowKernel,
} from './run-tensorflow-op.js';

function attributesOf(backend: TensorflowBackend, eps: number): OpAttribute[] {
  const { TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING } = backend.binding;
  return [
    floatType(backend),
    floatType(backend, 'U'),
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: eps },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ];
}

/** Batch normalisation by the batch's statistics in one operation. Outputs: y, mean, variance (divided by the count). */
export const batchNormTraining: TensorflowKernel = {
  name: 'BatchNormTraining',
  make: () => (call) => {
    const { x, gamma, beta } = call.inputs as Record<'x' | 'gamma' | 'beta', tf.TensorInfo>;
    const { eps } = call.attrs as unknown as { readonly eps: number };
    const backend = call.backend as TensorflowBackend;
    return tf.tidy(() => {
      const none = tf.tensor1d([], 'float32');
      const attributes = attributesOf(backend, eps);
      const [y, mean, corrected] = runTensorflowOp(
        backend,
        'FusedBatchNormV3',
        attributes,
        [x, gamma, beta, none, none],
        6,
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      // TensorFlow's is divided by one less than the count.
      const count = tf.util.sizeFromShape(x.shape) / (x.shape[3] ?? 1);
      return [y, mean, tf.mul(corrected, (count - 1) / count)];
    });
  },
};

/** The gradient of {@link batchNormTraining}. Outputs: by x, gamma and beta. */
export const batchNormTrainingGrad: TensorflowKernel = {
  name: 'BatchNormTrainingGrad',
  make: () => (call) => {
    const { dy, x, mean, variance, gamma } = call.inputs as Record<
      'dy' | 'x' | 'mean' | 'variance' | 'gamma',
      tf.Tensor
    >;
    const { eps } = call.attrs as unknown as { readonly eps: number };
    const backend = call.backend as TensorflowBackend;
    return tf.tidy(() => {
      // On a CUDA device the forward pass hands the inverse deviation on, not the variance.
      const spread = backend.isUsingGpuDevice ? tf.rsqrt(tf.add(variance, eps)) : variance;
      const none = tf.tensor1d([], 'float32');
      const attributes = attributesOf(backend, eps);
      return runTensorflowOp(
        backend,
        'FusedBatchNormGradV3',
        attributes,
        [dy, x, gamma, mean, spread, none],
        5,
      ).slice(0, 3);
    });
  },
};
