import type * as BackendOrt from '@segkit/backend-ort';
import { defineEngine, EngineError } from '@segkit/core';
import * as z from 'zod';

import { activateBackend } from './activate-backend.js';
import { checkProvider } from './check-provider.js';

/** Options of the `ort` engine. */
export interface OrtEngineOptions {
  /** Threads that an operator may use. Default: one per processor core, or what `@segkit/backend-ort` was configured with. */
  readonly threads?: number;
  /**
   * Where ONNX Runtime computes: `cpu` (default), `cuda` (Linux x64, with the libraries that onnxruntime-node's install
   * script downloads) or `webgpu`.
   */
  readonly executionProvider?: 'cpu' | 'cuda' | 'webgpu';
  /** Whether convolutions use ONNX Runtime's own layout with channels in blocks. Default: true. */
  readonly blockedLayout?: boolean;
}

declare module '@segkit/core' {
  interface EngineOptions {
    ort: OrtEngineOptions;
  }
}

const otherwise = 'Or choose the engine "wasm", which needs no native code.';

/**
 * The `ort` engine: ONNX Runtime on all processor cores, through the TensorFlow.js backend `@segkit/backend-ort`. Its
 * native library is the package `onnxruntime-node`, which npm installs with segkit.
 */
export const ort = defineEngine({
  name: 'ort',
  description: 'ONNX Runtime on all cores, a whole training step as one native graph.',
  source: 'https://onnxruntime.ai',
  options: z.strictObject({
    threads: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('Threads that an operator may use. Default: one per processor core.'),
    executionProvider: z
      .enum(['cpu', 'cuda', 'webgpu'])
      .default('cpu')
      .describe('Where ONNX Runtime computes.'),
    blockedLayout: z
      .boolean()
      .default(true)
      .describe("Whether convolutions use ONNX Runtime's own layout with channels in blocks."),
  }),
  create: ({ threads, executionProvider, blockedLayout }) => ({
    name: 'ort',
    start: async () => {
      // Its import registers the backend.
      const backend = await import('@segkit/backend-ort');
      expectRuntime(backend);
      backend.configure({
        executionProvider,
        blockedLayout,
        ...(threads !== undefined && { threads }),
      });
      await activateBackend('ort', 'ort', otherwise);
      if (executionProvider !== 'cpu') checkProvider(backend, executionProvider);
    },
  }),
});

/** Before TensorFlow.js does: it would tell a missing library on the console, and us only that something failed. */
function expectRuntime({ loadRuntime, RuntimeUnavailableError }: typeof BackendOrt): void {
  try {
    loadRuntime();
  } catch (cause) {
    if (!(cause instanceof RuntimeUnavailableError)) throw cause;
    // Never `notInstalled`: it came with segkit, so the user should hear that it is gone.
    throw new EngineError(`engine ort: ${cause.reason} ${otherwise}`, { cause });
  }
}
