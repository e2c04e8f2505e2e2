// The backend `webgpu` for the op tests, on the npm package `webgpu` (Dawn).
import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';

const { create, globals } = require('webgpu');
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: { gpu: create([]), userAgent: 'node' },
});
