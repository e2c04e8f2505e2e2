// Every transform that a config may put anywhere takes images of any size and any number of channels, or says why not.
import { randomStream, SegkitError, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { transforms } from '../index.js';
import { makeTransform } from '../make-component.test-support.js';

const options: Record<string, object> = {
  'random-crop': { size: 1 },
  'center-crop': { size: 1 },
  'random-resized-crop': { size: 4 },
  'class-balanced-crop': { size: 1 },
  affine: { rotate: 180, scale: 0.5, aspect: 0.5, shear: 30, translate: 1 },
  'color-jitter': { brightness: 0.5, contrast: 0.5 },
  'one-of': { choices: [{ transforms: [] }] },
  normalize: { mean: 0.5, std: 0.5 },
  resize: { size: 3 },
  'mirror-pad': { margin: 3 },
};

const sizes = [
  [1, 1],
  [1, 7],
  [7, 1],
  [2, 3],
  [19, 33],
] as const;

function sampleOf(height: number, width: number, channels: number, seed: number): Sample {
  const random = randomStream(seed);
  const values = Float32Array.from({ length: height * width * channels }, () => random.uniform());
  const size = { height, width, channels: 1 };
  const labels = Int32Array.from({ length: height * width }, () => random.integer(2));
  return {
    id: 'any',
    image: { height, width, channels, data: values },
    labels: { ...size, data: labels },
    weights: { ...size, data: new Float32Array(height * width).fill(1) },
  };
}

test.each(transforms.map((plugin) => [plugin.name, plugin] as const))('%s', (name, plugin) => {
  const transform = makeTransform(plugin, options[name]);
  for (const [height, width] of sizes) {
    for (const channels of [1, 2, 3, 5]) {
      for (let seed = 0; seed < 3; seed++) {
        const sample = sampleOf(height, width, channels, seed);
        const { image, labels, weights } = transform.apply(sample, randomStream(seed));
        expect(image.channels).toBe(channels);
        expect(image.data).toHaveLength(image.height * image.width * channels);
        expect(image.data.every(Number.isFinite)).toBe(true);
        expect(labels?.data).toHaveLength(image.height * image.width);
        expect(labels?.data.every((label) => label === 0 || label === 1 || label === 255)).toBe(
          true,
        );
        expect(weights?.data.every((weight) => weight >= 0 && weight <= 1 + 1e-6)).toBe(true);
      }
    }
  }
});

test('colours of many channels are refused by name', () => {
  const jitter = transforms.find(({ name }) => name === 'color-jitter')!;
  const transform = makeTransform(jitter, { saturation: 0.5 });
  expect(() => transform.apply(sampleOf(2, 2, 5, 0), randomStream(0))).toThrow(SegkitError);
});
