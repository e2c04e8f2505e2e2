import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { reals, startBackends, stopBackends } from './compare-with-cpu.test-support.js';
import { distance, enter, layouts, runOn } from './like-cpu.test-support.js';

beforeAll(startBackends);
afterAll(stopBackends);

const pairs = [[3, 3, 16, 32], [1], [], [7, 5]].map((shape) => ({
  average: reals(shape),
  value: reals(shape),
}));

it.each(layouts)('moves several averages at once, on %s', async (layout) => {
  const share = 0.02;
  const results = await runOn(layout, () => {
    const inputs = Object.fromEntries(
      pairs.flatMap(({ average, value }, i) => [
        [`average${String(i)}`, enter(average)],
        [`value${String(i)}`, enter(value)],
      ]),
    );
    const attributes = { count: pairs.length, share };
    const outputs: tf.Tensor[] = tf.engine().runKernel('MoveAverages', inputs, attributes);
    return Object.fromEntries(outputs.map((output, i) => [String(i), output]));
  });
  pairs.forEach(({ average, value }, i) => {
    const result = results.get(String(i));
    const moved = Array.from(average.values, (old, j) => old + share * (value.values[j]! - old));
    expect(result?.shape).toEqual(average.shape);
    expect(distance(result?.values ?? [], moved)).toBeLessThan(1e-6);
  });
});
