import { defineEngine } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { activateBackend } from './activate-backend.js';

/** The `cpu` engine has no options. */
export interface CpuEngineOptions {}

declare module '@segkit/core' {
  interface EngineOptions {
    cpu: CpuEngineOptions;
  }
}

/** The `cpu` engine: plain JavaScript. It runs everywhere and is by far the slowest. */
export const cpu = defineEngine({
  name: 'cpu',
  description: 'Plain JavaScript; runs everywhere, for checking results rather than for training.',
  options: z.strictObject({}),
  create: () => ({
    name: 'cpu',
    start: async () => {
      await import('@tensorflow/tfjs-backend-cpu');
      await activateBackend('cpu', 'cpu', 'Reinstall @tensorflow/tfjs-backend-cpu.');
      silenceAdvertisement(tf.backend());
    },
  }),
});

/** The backend prints an advertisement for tfjs-node on its first use, unless told that this is not the first. */
function silenceAdvertisement(backend: object): void {
  if ('firstUse' in backend) backend.firstUse = false;
}
