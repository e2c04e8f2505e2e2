import { expect, test } from 'vitest';

import { peakMemory } from './peak-memory.js';
import type { KernelCall, SeenTensor } from './record-kernels.js';

function call(inputs: readonly SeenTensor[], output: SeenTensor): KernelCall {
  return {
    name: 'Any',
    inputs: Object.fromEntries(inputs.map((input, index) => [String(index), input])),
    attributes: {},
    outputs: [output],
  };
}

test('maps count from the kernel that makes them to the last that reads them', () => {
  const map = (id: number, pixels: number): SeenTensor => ({ id, shape: [1, pixels, 1, 1] });
  const [image, skip, deep, deeper, up] = [map(0, 8), map(1, 10), map(2, 5), map(3, 5), map(4, 10)];
  const calls = [
    call([image], skip),
    call([skip], deep),
    call([deep], deeper),
    call([deeper], up),
    call([skip, up], map(5, 20)),
  ];
  // The last kernel holds its inputs of 10 values each and its output of 20; the image was there before.
  expect(peakMemory(calls)).toBe(4 * (10 + 10 + 20));
  // Without it the skip is needed no longer than for the second; the most is 10 + 5 there, and 5 + 10 in the last.
  expect(peakMemory(calls.slice(0, 4))).toBe(4 * (5 + 10));
});
