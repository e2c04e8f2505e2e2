import { defineEngine } from '@segkit/core';
import * as z from 'zod';

import { activateBackend } from '../activate-backend.js';
import { registerTensorflowKernels } from './kernels/register.js';
import { loadBinding } from './load-binding.js';

/** The `tfjs-node` engine has no options. */
export interface TfjsNodeEngineOptions {}

declare module '@segkit/core' {
  interface EngineOptions {
    'tfjs-node': TfjsNodeEngineOptions;
  }
}

/** The `tfjs-node` engine: TensorFlow's C library on all processor cores, through the package `@tensorflow/tfjs-node`. */
export const tfjsNode = defineEngine({
  name: 'tfjs-node',
  description: "TensorFlow's C library on the processor; needs the package @tensorflow/tfjs-node.",
  source: 'https://github.com/tensorflow/tfjs/tree/master/tfjs-node',
  options: z.strictObject({}),
  create: () => ({
    name: 'tfjs-node',
    start: async () => {
      await loadBinding('tfjs-node', '@tensorflow/tfjs-node');
      registerTensorflowKernels();
      await activateBackend('tfjs-node', 'tensorflow', 'Reinstall @tensorflow/tfjs-node.');
    },
  }),
});
