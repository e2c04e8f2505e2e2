import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startBackends, stopBackends } from './kernels/compare-with-cpu.test-support.js';
import { layouts } from './kernels/like-cpu.test-support.js';
import { optimizers, train, type Network } from './small-training.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const steps = 10;

/**
 * Largest relative difference of losses. Kinks make steps of rounding errors: a maximum or a ReLU that is almost a tie goes
 * the other way, and with it the gradient of a pixel. Adam and RMSProp divide by a gradient's size, so that of one that is
 * almost 0 the rounding errors count fully; ten steps amplify either.
 */
const tolerance: Readonly<Record<Network, number>> = { smooth: 1e-5, kinked: 1e-3 };

const names = Object.keys(optimizers) as (keyof typeof optimizers)[];

describe.each(['smooth', 'kinked'] as const)('a %s network', (network) => {
  it.each(names)('trains with %s as on tfjs-backend-cpu', async (optimizer) => {
    await tf.setBackend('cpu');
    const { losses: expected } = train(network, optimizer, steps);
    expect(expected.at(-1)).toBeLessThan(0.98 * expected[0]!);
    for (const layout of layouts) {
      await tf.setBackend(layout);
      const { losses } = train(network, optimizer, steps);
      expect(losses, layout).toBeAllClose(expected, { rtol: tolerance[network], atol: 0 });
    }
  });
});
