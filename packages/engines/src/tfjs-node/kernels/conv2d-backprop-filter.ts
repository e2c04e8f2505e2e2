import * as tf from '@tensorflow/tfjs-core';

import type { TensorflowKernel } from './tensorflow-kernel.js';

interface Attributes {
  readonly filterShape: readonly [height: number, width: number, from: number, to: number];
  readonly strides: number | readonly [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dataFormat: 'NHWC' | 'NCHW';
}

/**
 * A filter's gradient, without oneDNN's own way through strided 1x1 convolutions: in TensorFlow 2.21 that writes behind the
 * end of its memory on several cores (`jit_1x1:avx512_core` backward weights), which ends the process some time later. Such a
 * filter sees every stride-th pixel alone; these are taken out before.
 */
export const conv2dBackpropFilter: TensorflowKernel = {
  name: 'Conv2DBackpropFilter',
  make: (stock) => (call) => {
    if (stock === undefined) throw new Error('tfjs-node has no kernel Conv2DBackpropFilter.');
    const { filterShape, strides, pad, dataFormat } = call.attrs as unknown as Attributes;
    const [down, across] = typeof strides === 'number' ? [strides, strides] : strides;
    const isPoint = filterShape[0] === 1 && filterShape[1] === 1;
    const isStrided = down > 1 || across > 1;
    if (!isPoint || !isStrided || typeof pad === 'number' || dataFormat !== 'NHWC') {
      return stock(call);
    }
    const { x, dy } = call.inputs as { readonly x: tf.Tensor4D; readonly dy: tf.TensorInfo };
    const seen = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, down, across, 1]);
    const attrs = { ...call.attrs, strides: [1, 1] };
    const gradient = stock({ ...call, inputs: { x: seen, dy }, attrs });
    seen.dispose();
    return gradient;
  },
};
