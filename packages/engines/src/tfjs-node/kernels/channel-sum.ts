import type * as tf from '@tensorflow/tfjs-core';

import {
  channelsLast,
  floatType,
  type TensorflowBackend,
  type TensorflowKernel,
} from './tensorflow-kernel.js';

/** The sum over batch, rows and columns in one operation: the gradient of a bias. */
export const channelSum: TensorflowKernel = {
  name: 'ChannelSum',
  make: () => (call) => {
    const { x } = call.inputs as { readonly x: tf.TensorInfo };
    const backend = call.backend as TensorflowBackend;
    return backend.executeSingleOutput(
      'BiasAddGrad',
      [floatType(backend), channelsLast(backend)],
      [x],
    );
  },
};
