import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

import { globalNorm } from '../ops/global-norm.js';
import { clipGradients } from './clip-gradients.js';
import { tensorsOf, trainingFixture } from './training-fixture.test-support.js';

it.each(trainingFixture.clipping)(
  'clips by $options as PyTorch does',
  ({ options, gradients, norm, clipped }) => {
    const settings = { clipNorm: null, clipValue: null, ...options };
    tf.tidy(() => {
      const tensors = tensorsOf(gradients);
      const measured = globalNorm(Object.values(tensors));
      expect(measured.dataSync()).toBeAllClose([norm], { rtol: 1e-6, atol: 0 });
      const received = clipGradients(tensors, measured, settings);
      expect(Object.keys(received)).toEqual(Object.keys(clipped));
      for (const [name, values] of Object.entries(clipped)) {
        expect(received[name]?.shape).toEqual(tensors[name]?.shape);
        expect(received[name]?.dataSync()).toBeAllClose(values, { rtol: 1e-6, atol: 1e-8 });
      }
    });
  },
);

it('leaves gradients alone where nothing is bounded', () => {
  tf.tidy(() => {
    const gradients = { w: tf.tensor1d([3, 4]) };
    const norm = globalNorm([gradients.w]);
    expect(norm.dataSync()[0]).toBe(5);
    expect(clipGradients(gradients, norm, { clipNorm: null, clipValue: null })).toBe(gradients);
  });
});

it('the norm of no tensors is 0', () => {
  tf.tidy(() => {
    expect(globalNorm([]).dataSync()[0]).toBe(0);
  });
});
