import { defineEngine, EngineError } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { activateBackend } from '../activate-backend.js';
import { registerTensorflowKernels } from './kernels/register.js';
import { loadBinding } from './load-binding.js';

/** The `tfjs-node-gpu` engine has no options. */
export interface TfjsNodeGpuEngineOptions {}

declare module '@segkit/core' {
  interface EngineOptions {
    'tfjs-node-gpu': TfjsNodeGpuEngineOptions;
  }
}

const requirements =
  'It needs an NVIDIA driver, and the CUDA and cuDNN of its TensorFlow on the library path: 11.2 and 8.1 for the one that ' +
  'npm installs, or a current one by "npx segkit engines install-tensorflow --gpu"';

/** The `tfjs-node-gpu` engine: TensorFlow's C library on a CUDA device, through the package `@tensorflow/tfjs-node-gpu`. */
export const tfjsNodeGpu = defineEngine({
  name: 'tfjs-node-gpu',
  description:
    "TensorFlow's C library on a CUDA device; needs the package @tensorflow/tfjs-node-gpu and CUDA.",
  source: 'https://github.com/tensorflow/tfjs/tree/master/tfjs-node',
  options: z.strictObject({}),
  create: () => ({
    name: 'tfjs-node-gpu',
    start: async () => {
      await loadBinding('tfjs-node-gpu', '@tensorflow/tfjs-node-gpu');
      registerTensorflowKernels();
      await activateBackend('tfjs-node-gpu', 'tensorflow', `${requirements}.`);
      expectDevice(tf.backend());
    },
  }),
});

/** Without a device the binding runs on the processor in silence; who asks for a GPU would rather know. */
function expectDevice(backend: object): void {
  if (!('isUsingGpuDevice' in backend) || backend.isUsingGpuDevice !== false) return;
  throw new EngineError(
    'engine tfjs-node-gpu: TensorFlow loaded but found no CUDA device. ' +
      `${requirements}; or choose the engine "tfjs-node" or "wasm".`,
  );
}
