import type * as tf from '@tensorflow/tfjs-core';

/** A kernel that stands before tfjs-backend-webgpu's own. */
export interface WebgpuKernel {
  readonly name: string;
  /** @param stock - The backend's own kernel. */
  readonly make: (stock: tf.KernelFunc) => tf.KernelFunc;
}
