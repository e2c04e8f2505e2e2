import * as tf from '@tensorflow/tfjs-core';

import { runOperation } from './run-operation.js';
import {
  channelsLast,
  floatType,
  type OpAttribute,
  type TensorflowBackend,
  type TensorflowKernel,
} from './tensorflow-kernel.js';

function attributesOf(
  backend: TensorflowBackend,
  eps: number,
  isTraining = true,
): readonly OpAttribute[] {
  const { TF_ATTR_FLOAT, TF_ATTR_BOOL } = backend.binding;
  return [
    floatType(backend),
    floatType(backend, 'U'),
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: eps },
    channelsLast(backend),
    { name: 'is_training', type: TF_ATTR_BOOL, value: isTraining },
  ];
}

/**
 * Mean and (biased) variance of every channel. TensorFlow's batch normalisation takes both in one operation, but adds up a
 * channel in float32, one value after another, which costs two digits over a map. So it is given every column as a channel
 * of its own, and the columns' numbers are brought together: `variance = mean(v) + variance(m)`.
 */
function statistics(
  backend: TensorflowBackend,
  x: tf.Tensor4D,
): [mean: tf.Tensor1D, variance: tf.Tensor1D] {
  const [batch, height, width, channels] = x.shape;
  const columns = width * channels;
  // What it makes of the map itself is not wanted.
  const none = tf.zeros([columns]);
  const vectors = runOperation(backend, {
    name: 'FusedBatchNormV3',
    attributes: attributesOf(backend, 1),
    inputs: [tf.reshape(x, [1, 1, batch * height, columns]), none, none, null, null],
    outputs: 6,
    // What it calls its variance is the unbiased one; the biased one is there for its gradient.
    wanted: [3, 4],
  });
  const [means, variances] = vectors.map((vector) => tf.reshape(vector, [width, channels])) as [
    tf.Tensor,
    tf.Tensor,
  ];
  // Not by tfjs's functions, which do more around such small operations than the operations themselves.
  const type = floatType(backend);
  const meanAttributes = [
    type,
    { name: 'Tidx', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_INT32 },
    { name: 'keep_dims', type: backend.binding.TF_ATTR_BOOL, value: false },
  ];
  const columnAxis = tf.scalar(0, 'int32');
  const meanOf = (matrix: tf.Tensor): tf.Tensor1D =>
    backend.executeSingleOutput('Mean', meanAttributes, [matrix, columnAxis]) as tf.Tensor1D;
  const mean = meanOf(means);
  const squares = backend.executeSingleOutput('SquaredDifference', [type], [means, mean]);
  const variance = meanOf(backend.executeSingleOutput('AddV2', [type], [variances, squares]));
  return [mean, variance];
}

/** Batch normalisation by the batch's statistics in two operations, and small ones for {@link statistics}. */
export const batchNormTraining: TensorflowKernel = {
  name: 'BatchNormTraining',
  make: () => (call) => {
    const { x, gamma, beta } = call.inputs as {
      readonly x: tf.Tensor4D;
      readonly gamma: tf.Tensor1D;
      readonly beta: tf.Tensor1D;
    };
    const { eps } = call.attrs as unknown as { readonly eps: number };
    const backend = call.backend as TensorflowBackend;
    return tf.tidy(() => {
      const [mean, variance] = statistics(backend, x);
      const [y] = runOperation(backend, {
        name: 'FusedBatchNormV3',
        attributes: attributesOf(backend, eps, false),
        inputs: [x, gamma, beta, mean, variance],
        outputs: 6,
        wanted: [0],
      }) as [tf.Tensor];
      return [y, mean, variance];
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
