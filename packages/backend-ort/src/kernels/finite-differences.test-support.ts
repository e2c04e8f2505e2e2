import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

import { ortBackend, type TestTensor } from './compare-with-cpu.test-support.js';

/** A function of tensors, smooth within `step` of them. */
export type SmoothFunction = (...inputs: tf.Tensor[]) => tf.Tensor;

const step = 1e-2;
/** Numbers checked per input. */
const samples = 5;

/** Weights by which an output's numbers are summed; no two of them are equal. */
function weightOf(i: number): number {
  return Math.sin(1 + i * 1.3);
}

function enter({ values, shape }: TestTensor): tf.Tensor {
  return tf.tensor(Float32Array.from(values), [...shape], 'float32');
}

/**
 * Compares a function's gradients on the backend under test with central differences, `(f(x + h) - f(x - h)) / 2h`, where
 * the function's numbers are summed with fixed weights, and expects that no fallback computed any of it.
 */
export function expectGradients(f: SmoothFunction, inputs: readonly TestTensor[]): void {
  const backend = ortBackend();
  const before = backend.snapshot().fallbacks;
  const project = (values: readonly TestTensor[]): number =>
    tf.tidy(() =>
      f(...values.map(enter))
        .dataSync<'float32'>()
        .reduce((sum, value, i) => sum + value * weightOf(i), 0),
    );
  const gradients = tf.tidy(() => {
    const given = inputs.map(enter);
    const shape = f(...given).shape;
    const weights = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
      weightOf(i),
    );
    const weighted = (...x: tf.Tensor[]): tf.Tensor =>
      tf.sum(tf.mul(f(...x), tf.tensor(weights, shape)));
    return tf
      .grads(weighted)(given)
      .map((gradient) => gradient.dataSync<'float32'>());
  });
  gradients.forEach((gradient, index) => {
    const { values } = inputs[index] ?? { values: [] };
    expect(gradient.length).toBe(values.length);
    const stride = Math.max(1, Math.floor(values.length / samples));
    for (let at = 0; at < values.length; at += stride) {
      const moved = (distance: number): number =>
        project(
          inputs.map((input, i) => ({
            ...input,
            values: Array.from(input.values, (x, j) =>
              i === index && j === at ? x + distance : x,
            ),
          })),
        );
      const expected = (moved(step) - moved(-step)) / (2 * step);
      const label = `input ${String(index)}, number ${String(at)}`;
      expect(Math.abs((gradient[at] ?? NaN) - expected), label).toBeLessThan(
        2e-3 + 2e-2 * Math.abs(expected),
      );
    }
  });
  expect(backend.snapshot().fallbacks, 'run by tfjs-backend-cpu').toEqual(before);
}
