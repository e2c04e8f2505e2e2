import * as tf from '@tensorflow/tfjs-core';

import { floatType, type TensorflowBackend, type TensorflowKernel } from './tensorflow-kernel.js';

interface Attributes {
  readonly momentum: number;
  readonly unbiased: number;
}

/** Running statistics moved towards those of a batch, without tfjs's work around each of the six small operations. */
export const moveStatistics: TensorflowKernel = {
  name: 'MoveStatistics',
  make: () => (call) => {
    const { runningMean, runningVariance, mean, variance } = call.inputs as Record<
      'runningMean' | 'runningVariance' | 'mean' | 'variance',
      tf.TensorInfo
    >;
    const { momentum, unbiased } = call.attrs as unknown as Attributes;
    const backend = call.backend as TensorflowBackend;
    const type = [floatType(backend)];
    const scaled = (x: tf.TensorInfo, factor: number): tf.Tensor =>
      backend.executeSingleOutput('Mul', type, [x, tf.scalar(factor)]);
    const moved = (from: tf.TensorInfo, to: tf.TensorInfo, share: number): tf.Tensor =>
      backend.executeSingleOutput('AddV2', type, [scaled(from, 1 - momentum), scaled(to, share)]);
    return tf.tidy(() => [
      moved(runningMean, mean, momentum),
      moved(runningVariance, variance, momentum * unbiased),
    ]);
  },
};
