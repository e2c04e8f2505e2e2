import { readFileSync } from 'node:fs';

import { type Raster, ShapeError } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { ssim, structuralSimilarity } from './index.js';
import { makeMetric } from './make-metric.test-support.js';

/** `oracles/fixtures/ssim.json`, made by `oracles/ssim.py`. */
const cases = JSON.parse(
  readFileSync(new URL('../../../oracles/fixtures/ssim.json', import.meta.url), 'utf8'),
) as readonly {
  readonly name: string;
  readonly peak: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly target: readonly number[];
  readonly prediction: readonly number[];
  readonly ssim: number;
}[];

function flat(value: number, side: number, channels = 1): Raster<Float32Array> {
  const data = new Float32Array(side * side * channels).fill(value);
  return { height: side, width: side, channels, data };
}

describe('ssim', () => {
  it.each(cases)('equals scikit-image: $name', ({ peak, ssim: expected, ...images }) => {
    const { height, width, channels } = images;
    const image = (data: readonly number[]): Raster<Float32Array> => ({
      height,
      width,
      channels,
      data: Float32Array.from(data),
    });
    const metric = makeMetric(ssim, { peak });
    metric.update({ prediction: image(images.prediction), target: image(images.target) });
    expect(metric.compute()['ssim']).toBeCloseTo(expected, 9);
  });

  it('is the mean over images, by hand', () => {
    // Without variance, C2 cancels: (2 * 0.25 * 0.5 + 1e-4) / (0.25^2 + 0.5^2 + 1e-4).
    const darker = 0.2501 / 0.3126;
    const metric = makeMetric(ssim, {});
    metric.update({ prediction: flat(0.25, 12), target: flat(0.5, 12) });
    metric.update({ prediction: flat(0.5, 12), target: flat(0.5, 12) });
    expect(metric.compute()['ssim']).toBeCloseTo((darker + 1) / 2, 9);
  });

  it('is symmetric', () => {
    const [first] = cases;
    const image = (data: readonly number[] = []): Raster<Float32Array> => ({
      ...flat(0, 1),
      height: first?.height ?? 0,
      width: first?.width ?? 0,
      data: Float32Array.from(data),
    });
    const [a, b] = [image(first?.target), image(first?.prediction)];
    expect(structuralSimilarity(a, b, 1)).toBeCloseTo(structuralSimilarity(b, a, 1), 12);
  });

  it('refuses images smaller than its window, and images that differ in shape', () => {
    expect(() => structuralSimilarity(flat(0, 10), flat(0, 10), 1)).toThrow(
      /at least 11x11.*received 10x10/,
    );
    expect(() => structuralSimilarity(flat(0, 12), flat(0, 12, 3), 1)).toThrow(ShapeError);
  });
});
