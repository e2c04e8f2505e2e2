import type * as tf from '@tensorflow/tfjs-core';

/** A kernel that stands before tfjs-backend-webgpu's own. */
export interface WebgpuKernel {
  readonly name: string;
  /** @param stock - The backend's own kernel. */
  readonly make: (stock: tf.KernelFunc) => tf.KernelFunc;
}

/** What kernels use of the backend that calls them. */
export interface TensorMemory {
  write(values: Float32Array, shape: readonly number[], dtype: 'float32'): tf.DataId;
  disposeData(dataId: tf.DataId): boolean;
}
