import type * as tf from '@tensorflow/tfjs-core';

import type { TensorflowBackend, TensorflowKernel } from './tensorflow-kernel.js';

/** Integers are round already; TensorFlow 2.21 makes zeros of them. */
export const round: TensorflowKernel = {
  name: 'Round',
  make: (stock) => (call) => {
    const { x } = call.inputs as { readonly x: tf.TensorInfo };
    if (x.dtype !== 'int32' && stock !== undefined) return stock(call);
    (call.backend as TensorflowBackend).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
};
