import * as tf from '@tensorflow/tfjs-core';

import { floatHeap, heapOffset } from './heap.js';
import { wasmKernel } from './kernel-call.js';

/**
 * Batch normalisation with given statistics: `y = (x - mean) / sqrt(variance + epsilon) * scale + offset`, computed as
 * one multiply-add per element with factors per channel.
 * Inputs: `x` `[..., channels]`; `mean`, `variance` and the optional `scale`, `offset` `[channels]`, all float32.
 */
export const fusedBatchNorm = wasmKernel<tf.FusedBatchNormAttrs>(
  'FusedBatchNorm',
  (backend, inputs, { varianceEpsilon }) => {
    const { x, mean, variance } = inputs as tf.FusedBatchNormInputs;
    const { scale, offset } = inputs;
    const result = backend.makeOutput(x.shape, 'float32');
    const channels = tf.util.sizeFromShape(mean.shape);
    const values = (tensor: tf.TensorInfo | undefined) =>
      tensor === undefined ? undefined : (backend.typedArrayFromHeap(tensor) as Float32Array);
    const [means, variances, scales, offsets] = [mean, variance, scale, offset].map(values);
    const factors = new Float64Array(channels);
    const shifts = new Float64Array(channels);
    for (let c = 0; c < channels; c++) {
      const factor = (scales?.[c] ?? 1) / Math.sqrt((variances?.[c] ?? 0) + varianceEpsilon);
      factors[c] = factor;
      shifts[c] = (offsets?.[c] ?? 0) - (means?.[c] ?? 0) * factor;
    }
    const heap = floatHeap(backend);
    let source = heapOffset(backend, x);
    let target = heapOffset(backend, result);
    const end = source + tf.util.sizeFromShape(x.shape);
    for (; source < end; source += channels, target += channels) {
      for (let c = 0; c < channels; c++) {
        heap[target + c] = (heap[source + c] ?? 0) * (factors[c] ?? 0) + (shifts[c] ?? 0);
      }
    }
    return result;
  },
  ({ x, mean, variance, scale, offset }) =>
    x?.dtype === 'float32' &&
    [mean, variance, scale, offset].every(
      (tensor) =>
        // Absent scale and offset arrive as null or undefined.
        tensor == null ||
        (tf.util.sizeFromShape(tensor.shape) === x.shape.at(-1) && tensor.dtype === 'float32'),
    ),
);
