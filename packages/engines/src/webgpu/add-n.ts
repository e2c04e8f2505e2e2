import * as tf from '@tensorflow/tfjs-core';

import type { TensorMemory, WebgpuKernel } from './kernel-call.js';

/** Buffers that WebGPU lets a shader bind on every adapter, without the one of the sum. */
const atOnce = 7;

/** The stock kernel binds all its inputs at once, which fails beyond a few; sums of sums do not. */
export const addN: WebgpuKernel = {
  name: tf.AddN,
  make:
    (stock) =>
    ({ inputs, backend }) => {
      const [first, ...others] = Object.values(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
      let sum = first;
      for (let start = 0; start < others.length; start += atOnce - 1) {
        const addends = [sum, ...others.slice(start, start + atOnce - 1)];
        // The kernel takes an array for its inputs.
        const call = { inputs: addends as unknown as tf.NamedTensorInfoMap, backend };
        const next = stock(call) as tf.TensorInfo;
        if (sum !== first) (backend as TensorMemory).disposeData(sum.dataId);
        sum = next;
      }
      return sum === first ? stock({ inputs, backend }) : sum;
    },
};
