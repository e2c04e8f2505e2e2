// tfjs-core itself must be loaded first: whichever copy comes first makes the global engine and its tensor class, and
// the copies inside the gradient table lack the operations that tensors call on themselves.
import '@tensorflow/tfjs-core';

import { registerBatchNormGradient } from './batch-norm-train.js';
import { registerReluGradient } from './relu-gradient.js';

/**
 * Registers the gradients of tfjs-core's kernels, which its Node build leaves out, our own of ReLU in place of its, and those
 * of engines' own kernels. Needed once, when an engine starts; safe to call again.
 */
export async function registerGradients(): Promise<void> {
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  registerBatchNormGradient();
  registerReluGradient();
}
