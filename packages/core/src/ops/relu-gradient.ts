import * as tf from '@tensorflow/tfjs-core';

import { runEngineKernel } from './engine-kernel.js';

/** `dy` where `y`, the result of ReLU, is positive, and 0 elsewhere. */
function reluGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return runEngineKernel('ReluGrad', { dy, y })?.[0] ?? tf.mul(dy, tf.step(y));
}

/**
 * Replaces tfjs's gradient of ReLU, which keeps the input and takes three kernels, by one that keeps the result, which the
 * next layer keeps anyway, and takes one kernel where the engine has it. It can be differentiated again.
 */
export function registerReluGradient(): void {
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    kernelName: 'Relu',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => reluGradient(dy as tf.Tensor, y as tf.Tensor) }),
  });
  if (tf.getGradient('ReluGrad') as tf.GradConfig | undefined) return;
  tf.registerGradient({
    kernelName: 'ReluGrad',
    inputsToSave: ['y'],
    gradFunc: (dy, [y]) => ({
      dy: () => reluGradient(dy as tf.Tensor, y as tf.Tensor),
      y: () => tf.zerosLike(y as tf.Tensor),
    }),
  });
}
