import * as tf from '@tensorflow/tfjs-core';

import type { TensorMemory, WebgpuKernel } from './kernel-call.js';

/**
 * From the end, the stock kernels write the axis's length into a shader that they take for other lengths too, with wrong results;
 * gradients of cumulative sums come this way. Turning the tensor round before and after goes from the beginning.
 */
const fromTheStart = (name: string): WebgpuKernel => ({
  name,
  make: (stock) => {
    const reverse = tf.getKernel(tf.Reverse, 'webgpu').kernelFunc;
    return (call) => {
      const { inputs, attrs = {} } = call;
      const { x } = inputs;
      if (x === undefined || attrs['reverse'] !== true) return stock(call);
      const backend = call.backend as TensorMemory;
      const turn = (tensor: tf.TensorInfo): tf.TensorInfo =>
        reverse({
          inputs: { x: tensor },
          backend,
          attrs: { dims: [attrs['axis'] as number] },
        }) as tf.TensorInfo;
      const turned = turn(x);
      const sums = stock({
        inputs: { x: turned },
        backend,
        attrs: { ...attrs, reverse: false },
      }) as tf.TensorInfo;
      const result = turn(sums);
      backend.disposeData(turned.dataId);
      backend.disposeData(sums.dataId);
      return result;
    };
  },
});

/** Cumulative sums and products. */
export const cumulative: readonly WebgpuKernel[] = [tf.Cumsum, tf.Cumprod].map(fromTheStart);
