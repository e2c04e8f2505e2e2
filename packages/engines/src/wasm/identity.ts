import type * as tf from '@tensorflow/tfjs-core';

import type { WasmBackend } from './heap.js';
import { wasmKernel } from './kernel-call.js';

/** A second name for the same memory; the stock kernel copies, although no kernel writes to its inputs. */
export const identity = wasmKernel<'x', undefined>('Identity', (backend, { x }) =>
  alias(backend, x),
);

/** A cast to the dtype that the tensor has, as in the gradient of ReLU, shares the memory too. */
export const cast = wasmKernel<'x', tf.CastAttrs>(
  'Cast',
  (backend, { x }) => alias(backend, x),
  ({ x }, { dtype }) => x.dtype === dtype,
);

function alias(backend: WasmBackend, x: tf.TensorInfo): tf.TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}
