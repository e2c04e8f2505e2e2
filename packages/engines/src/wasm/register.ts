import { EngineError } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

import { batchMatMul } from './batch-mat-mul.js';
import { batchToSpace, spaceToBatch } from './block-kernels.js';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './conv2d-backprop-input.js';
import { concat, slice, splitV, tile, transpose } from './copy-kernels.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.js';
import { fusedBatchNorm } from './fused-batch-norm.js';
import { cast, identity } from './identity.js';
import type { WasmKernel } from './kernel-call.js';
import { maxPoolGrad } from './max-pool-grad.js';
import { reduceMean, reduceSum } from './reduce-sum.js';

const kernels: readonly WasmKernel[] = [
  batchMatMul,
  batchToSpace,
  cast,
  concat,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  fusedBatchNorm,
  identity,
  maxPoolGrad,
  reduceMean,
  reduceSum,
  slice,
  spaceToBatch,
  splitV,
  tile,
  transpose,
];

/** Marks our kernel functions, also for another copy of this package in the same program. */
const mark = Symbol.for('@segkit/engines/wasm-kernel');

/**
 * Gives TensorFlow.js's wasm backend the kernels that training needs and it lacks (filter gradients), and replaces those
 * that are much slower than what its other kernels or plain copies can do. Calling it again, before or after the
 * backend starts, changes nothing. The `wasm` engine calls it; programs that use TensorFlow.js without segkit may too.
 * @throws EngineError if `@tensorflow/tfjs-backend-wasm` has not been imported.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-wasm';
 * registerWasmTrainingKernels();
 * await tf.setBackend('wasm');
 * ```
 */
export function registerWasmTrainingKernels(): void {
  // The type says otherwise, but a kernel may be absent.
  const stockKernel = (name: string) => tf.getKernel(name, 'wasm') as tf.KernelConfig | undefined;
  if (stockKernel('Conv2D') === undefined) {
    throw new EngineError(
      'registerWasmTrainingKernels: the wasm backend has no kernels yet; import "@tensorflow/tfjs-backend-wasm" first.',
    );
  }
  for (const { name, make } of kernels) {
    const stock = stockKernel(name);
    if (stock !== undefined && mark in stock.kernelFunc) continue;
    const kernelFunc = Object.assign(make(stock?.kernelFunc), { [mark]: true });
    if (stock !== undefined) tf.unregisterKernel(name, 'wasm');
    // The stock kernel may still be called, so its setup must run when the backend starts later.
    const setup = stock?.setupFunc === undefined ? {} : { setupFunc: stock.setupFunc };
    tf.registerKernel({ kernelName: name, backendName: 'wasm', kernelFunc, ...setup });
  }
}
