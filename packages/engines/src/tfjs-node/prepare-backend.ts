import * as tf from '@tensorflow/tfjs-core';

import { hasQueue, readState } from './install/binding-folder.js';
import { registerTensorflowKernels } from './kernels/register.js';
import type { TensorflowBackend } from './kernels/tensorflow-kernel.js';
import { queueOperations } from './operation-queue.js';

/**
 * Makes the backend `tensorflow`, which a binding's import has registered, ready for training: with our kernels, and with the
 * queue of operations if it is in the binding.
 * @param folder - Of the binding's npm package.
 */
export function prepareBackend(folder: string): void {
  const backend = tf.findBackend('tensorflow') as unknown as TensorflowBackend;
  registerTensorflowKernels(backend);
  // A CUDA device has a queue of its own.
  if (hasQueue(readState(folder)) && !backend.isUsingGpuDevice) queueOperations(backend);
}
