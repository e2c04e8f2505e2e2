import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

import { defineEngine, EngineError } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { activateBackend } from './activate-backend.js';
import { withoutEmscriptenListeners } from './wasm/emscripten-listeners.js';
import { guardMemory, type Allocator } from './wasm/memory-guard.js';
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
  options: z.strictObject({
    path: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder of tfjs-backend-wasm*.wasm, if a bundler moved them. Default: as installed.',
      ),
  }),
  create: ({ path }) => ({
    name: 'wasm',
    start: async () => {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      if (path !== undefined) setWasmPaths(expectBinaries(path));
      registerWasmTrainingKernels();
      await withoutEmscriptenListeners(() =>
        activateBackend('wasm', 'wasm', 'Reinstall @tensorflow/tfjs-backend-wasm.'),
      );
      guardMemory((tf.backend() as unknown as { readonly wasm: Allocator }).wasm);
    },
  }),
});

/** Checks before the backend does: its own failure is told on the console and takes the paths for good. */
function expectBinaries(folder: string): string {
  const binary = join(folder, 'tfjs-backend-wasm-simd.wasm');
  if (existsSync(binary)) return join(folder, sep);
  throw new EngineError(
    `engine wasm: no file ${binary}; set \`path\` to the folder that holds tfjs-backend-wasm*.wasm, ` +
      'or leave it out to use the installed @tensorflow/tfjs-backend-wasm.',
  );
}
