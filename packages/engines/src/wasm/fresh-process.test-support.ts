// Run by wasm-engine.test.ts in a process of its own, in which nothing has loaded the backend yet.
import * as tf from '@tensorflow/tfjs-core';

import { registerWasmTrainingKernels, wasm } from '../index.js';

const kernelFunction = (name: string) =>
  (tf.getKernel(name, 'wasm') as tf.KernelConfig | undefined)?.kernelFunc;
const errorOf = (run: () => void) => {
  try {
    run();
    return null;
  } catch (error) {
    return String(error);
  }
};
const listeners = () =>
  process.listenerCount('unhandledRejection') + process.listenerCount('uncaughtException');

const backendsAfterImport = tf.engine().backendNames();
const tooEarly = errorOf(registerWasmTrainingKernels);
await import('@tensorflow/tfjs-backend-wasm');
const stock = kernelFunction('Concat');
const stockHasFilterGradient = kernelFunction('Conv2DBackpropFilter') !== undefined;
registerWasmTrainingKernels();
const ours = kernelFunction('Concat');
registerWasmTrainingKernels();
const again = kernelFunction('Concat');

const before = listeners();
await wasm.create({}, {}, {} as never).start();
registerWasmTrainingKernels();
const result = {
  backendsAfterImport,
  tooEarly,
  stockHasFilterGradient,
  replaced: ours !== stock,
  unchangedBySecondCall: again === ours && kernelFunction('Concat') === ours,
  backend: tf.getBackend(),
  addedListeners: listeners() - before,
  // The replacement hands booleans to the stock kernel, which needs its setup.
  concat: [...tf.concat([tf.tensor1d([true]), tf.tensor1d([false, true])]).dataSync()],
};
process.stdout.write(JSON.stringify(result));
