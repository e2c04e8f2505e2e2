import { defineEngine } from '@segkit/core';
import * as z from 'zod';

import { activateBackend } from './activate-backend.js';
import { withoutEmscriptenListeners } from './wasm/emscripten-listeners.js';
import { registerWasmTrainingKernels } from './wasm/register.js';

/** Options of the `wasm` engine. */
export interface WasmEngineOptions {
  /**
   * Folder that holds `tfjs-backend-wasm*.wasm`; needed only when a bundler moved the code away from them.
   * By default they are read from the installed `@tensorflow/tfjs-backend-wasm`.
   */
  readonly path?: string;
}

declare module '@segkit/core' {
  interface EngineOptions {
    wasm: WasmEngineOptions;
  }
}

/**
 * The `wasm` engine: TensorFlow.js's WebAssembly backend with the kernels that training needs and it lacks, and faster ones
 * in place of its slowest. It installs with npm alone and uses one processor core.
 * @see registerWasmTrainingKernels
 */
export const wasm = defineEngine({
  name: 'wasm',
  description:
    'WebAssembly with SIMD on one core, with its training kernels added; no native code.',
  source: 'https://github.com/tensorflow/tfjs/tree/master/tfjs-backend-wasm',
  options: z.strictObject({ path: z.string().min(1).optional() }),
  create: ({ path }) => ({
    name: 'wasm',
    start: async () => {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      if (path !== undefined) setWasmPaths(path.endsWith('/') ? path : `${path}/`);
      registerWasmTrainingKernels();
      await withoutEmscriptenListeners(() =>
        activateBackend(
          'wasm',
          'wasm',
          'Check that the folder given as `path` holds tfjs-backend-wasm*.wasm; without `path`, reinstall @tensorflow/tfjs-backend-wasm.',
        ),
      );
    },
  }),
});
