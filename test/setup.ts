import '@tensorflow/tfjs-backend-cpu';

import { createApp, registerGradients, silentLogger } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

import { engineToTest, testEngine } from './test-engine.js';

/** How close numbers must be: `|received - expected| <= atol + rtol * |expected|`. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

expect.extend({
  toBeAllClose(
    received: ArrayLike<number>,
    expected: ArrayLike<number>,
    { rtol = 1e-4, atol = 1e-6 }: Tolerance = {},
  ) {
    if (received.length !== expected.length) {
      const message = `expected ${String(expected.length)} numbers, received ${String(received.length)}`;
      return { pass: false, message: () => message };
    }
    let worst = 0;
    let at = -1;
    for (let i = 0; i < expected.length; i++) {
      const wanted = expected[i] ?? Number.NaN;
      const excess =
        Math.abs((received[i] ?? Number.NaN) - wanted) - (atol + rtol * Math.abs(wanted));
      if (!(excess <= 0) && (at < 0 || excess > worst)) {
        worst = excess;
        at = i;
      }
    }
    const message =
      at < 0
        ? 'all numbers are close'
        : `number ${String(at)} is ${String(received[at])}, expected ${String(expected[at])} (rtol ${String(rtol)}, atol ${String(atol)})`;
    return { pass: at < 0, message: () => message };
  },
});

// Silences tfjs's advertisement for its Node binding.
tf.env().set('IS_TEST', true);
await tf.setBackend('cpu');
await tf.ready();
await registerGradients();
if (testEngine !== undefined) {
  const { engines } = await import('@segkit/engines');
  await createApp({ plugins: engines, logger: silentLogger }).startEngine(engineToTest(testEngine));
  // Small tensors would be left to the processor.
  if (testEngine === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
}
