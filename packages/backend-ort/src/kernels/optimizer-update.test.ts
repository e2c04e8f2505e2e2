import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  reals,
  startBackends,
  stopBackends,
  type TestTensor,
} from './compare-with-cpu.test-support.js';
import { distance, enter, layouts, runOn } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const [beta1, beta2, eps] = [0.9, 0.999, 1e-8];
const [stepSize, correction] = [0.02, 0.3];

interface AdamState {
  readonly value: TestTensor;
  readonly gradient: TestTensor;
  readonly mean: TestTensor;
  readonly square: TestTensor;
}

const states: readonly AdamState[] = [[3, 3, 16, 32], [1], [7, 5]].map((shape) => ({
  value: reals(shape),
  gradient: reals(shape),
  mean: reals(shape),
  square: reals(shape, 0, 2),
}));

/** In double precision: m += (1 - b1)(g - m); v = b2 v + (1 - b2) g^2; w -= size * m / (sqrt(v) / correction + eps). */
function byDefinition({ value, gradient, mean, square }: AdamState): readonly number[][] {
  const m = Array.from(mean.values, (old, i) => old + (1 - beta1) * (gradient.values[i]! - old));
  const v = Array.from(
    square.values,
    (old, i) => beta2 * old + (1 - beta2) * gradient.values[i]! ** 2,
  );
  const w = Array.from(
    value.values,
    (old, i) => old - (stepSize * m[i]!) / (Math.sqrt(v[i]!) / correction + eps),
  );
  return [w, m, v];
}

it.each(layouts)('updates several tensors at once, on %s', async (layout) => {
  const results = await runOn(layout, () => {
    const inputs: tf.NamedTensorMap = {
      stepSize: tf.scalar(stepSize),
      correction: tf.scalar(correction),
    };
    states.forEach((state, i) => {
      for (const [name, tensor] of Object.entries(state)) {
        inputs[name + String(i)] = enter(tensor as TestTensor);
      }
    });
    const attributes = { count: states.length, beta1, beta2, eps };
    const outputs: tf.Tensor[] = tf.engine().runKernel('AdamUpdate', inputs, attributes);
    return Object.fromEntries(outputs.map((output, i) => [String(i), output]));
  });
  states.flatMap(byDefinition).forEach((expected, i) => {
    const shape = states[Math.floor(i / 3)]?.value.shape;
    expect(results.get(String(i))?.shape).toEqual(shape);
    expect(distance(results.get(String(i))?.values ?? [], expected)).toBeLessThan(1e-6);
  });
  expect(results.size).toBe(9);
});
