import * as tf from '@tensorflow/tfjs-core';

import { addN } from './add-n.js';
import { cast } from './cast.js';
import { cumulative } from './cumulative.js';
import type { WebgpuKernel } from './kernel-call.js';

const kernels: readonly WebgpuKernel[] = [addN, cast, ...cumulative];

/** Marks our kernel functions, also for another copy of this package in the same program. */
const mark = Symbol.for('@segkit/engines/webgpu-kernel');

/** Puts our kernels before those of tfjs-backend-webgpu that fail in training; again changes nothing. */
export function registerWebgpuTrainingKernels(): void {
  for (const { name, make } of kernels) {
    const stock = tf.getKernel(name, 'webgpu');
    if (mark in stock.kernelFunc) continue;
    tf.unregisterKernel(name, 'webgpu');
    const kernelFunc = Object.assign(make(stock.kernelFunc), { [mark]: true });
    tf.registerKernel({ ...stock, kernelFunc });
  }
}
