import * as tf from '@tensorflow/tfjs-core';

import type { TensorMemory, WebgpuKernel } from './kernel-call.js';

/**
 * The stock kernel calls whole numbers floats and leaves them as they lie in memory; kernels that read memory as it is, such as
 * Transpose, are then refused by the device. A product with 1.0 converts them.
 */
export const cast: WebgpuKernel = {
  name: tf.Cast,
  make: (stock) => {
    const multiply = tf.getKernel(tf.Multiply, 'webgpu').kernelFunc;
    return (call) => {
      const x = call.inputs['x'];
      const isWhole = x?.dtype === 'int32' || x?.dtype === 'bool';
      if (x === undefined || !isWhole || call.attrs?.['dtype'] !== 'float32') return stock(call);
      const backend = call.backend as TensorMemory;
      const one = makeScalar(backend, 1);
      const product = multiply({ inputs: { a: x, b: one }, backend });
      backend.disposeData(one.dataId);
      return product;
    };
  },
};

function makeScalar(backend: TensorMemory, value: number): tf.TensorInfo {
  const dataId = backend.write(Float32Array.of(value), [], 'float32');
  return { dataId, shape: [], dtype: 'float32' };
}
