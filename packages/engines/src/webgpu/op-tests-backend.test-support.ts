// The backend `webgpu` for tfjs-core's op tests, as the engine of that name opens it: on any adapter, a software one too.
import { createRequire } from 'node:module';

import * as tf from '@tensorflow/tfjs-core';

import { openBackend, type BackendModule, type OpenBackend } from './open-backend.js';
import { registerWebgpuTrainingKernels } from './register.js';

// Not by `import`, which would come before the bundle's copy of tfjs-core: the first one makes the class of tensors.
const stock: unknown = createRequire(import.meta.url)('@tensorflow/tfjs-backend-webgpu');
registerWebgpuTrainingKernels();

// It also refers to all that it needs, for as long as it is used.
let opened: OpenBackend | undefined;

// The tests ask for a new backend again and again.
tf.registerBackend('webgpu', async () => {
  opened?.guard.close();
  opened?.device.destroy();
  const choice = { powerPreference: 'high-performance', fallbackAdapter: true } as const;
  opened = await openBackend(choice, stock as BackendModule);
  return opened.backend;
});
