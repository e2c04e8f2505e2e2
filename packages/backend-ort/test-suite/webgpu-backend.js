// The backend `webgpu` for the op tests, on the npm package `webgpu` (Dawn).
import { createRequire } from 'node:module';

import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';

const { create, globals } = createRequire(import.meta.url)('webgpu');
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: { gpu: create([]), userAgent: 'node' },
});
