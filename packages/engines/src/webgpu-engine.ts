import { defineEngine } from '@segkit/core';
import * as z from 'zod';

import { startBackend } from './webgpu/start-backend.js';

/** Options of the `webgpu` engine. */
export interface WebgpuEngineOptions {
  /** Which GPU, where there are several: the fast one (default) or the one that saves power. */
  readonly powerPreference?: 'high-performance' | 'low-power';
  /** Part of the adapter's name, such as `radeon`, in upper or lower case. Default: by `powerPreference`. */
  readonly adapter?: string;
  /** Whether an adapter may be used that computes on the processor, such as SwiftShader. Default: false. */
  readonly fallbackAdapter?: boolean;
}

declare module '@segkit/core' {
  interface EngineOptions {
    webgpu: WebgpuEngineOptions;
  }
}

/**
 * The `webgpu` engine: TensorFlow.js's WebGPU backend on any GPU (Vulkan, Metal, Direct3D 12). Under Node it needs the packages
 * `webgpu` and `@tensorflow/tfjs-backend-webgpu`, where a program has `navigator.gpu` only the latter.
 * @throws DeviceLostError and OutOfMemoryError, when a tensor is read, if the device reported one of them meanwhile.
 */
export const webgpu = defineEngine({
  name: 'webgpu',
  description:
    'Any GPU, through WebGPU; needs the packages webgpu and @tensorflow/tfjs-backend-webgpu.',
  source: 'https://github.com/tensorflow/tfjs/tree/master/tfjs-backend-webgpu',
  options: z.strictObject({
    powerPreference: z
      .enum(['high-performance', 'low-power'])
      .default('high-performance')
      .describe('Which GPU, where there are several.'),
    adapter: z
      .string()
      .min(1)
      .optional()
      .describe("Part of the adapter's name, such as radeon. Default: by powerPreference."),
    fallbackAdapter: z
      .boolean()
      .default(false)
      .describe('Whether an adapter may be used that computes on the processor.'),
  }),
  create: (options) => ({ name: 'webgpu', start: () => startBackend(options) }),
});
