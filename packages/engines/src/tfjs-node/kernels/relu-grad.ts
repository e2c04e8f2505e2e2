import type * as tf from '@tensorflow/tfjs-core';

import { floatType, type TensorflowBackend, type TensorflowKernel } from './tensorflow-kernel.js';

/** ReLU's gradient in one operation: `dy` where ReLU's result is above 0. */
export const reluGrad: TensorflowKernel = {
  name: 'ReluGrad',
  make: () => (call) => {
    const { dy, y } = call.inputs as { readonly dy: tf.TensorInfo; readonly y: tf.TensorInfo };
    const backend = call.backend as TensorflowBackend;
    return backend.executeSingleOutput('ReluGrad', [floatType(backend)], [dy, y]);
  },
};
