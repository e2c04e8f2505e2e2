import { ShapeError, type Raster } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { borderWeights } from './border-weights.js';
import { createLoss, readFixture, schemaOf } from './losses.test-support.js';
import type { WeightedBorderCeOptions } from './index.js';

interface Case {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly options: WeightedBorderCeOptions;
  readonly labels: readonly number[];
  readonly instances?: readonly number[];
  readonly weights: readonly number[];
}

/** Made by oracles/weight_map.py. */
const cases = readFixture('weight-map') as readonly Case[];

function raster(height: number, width: number, pixels: readonly number[]): Raster<Int32Array> {
  return { height, width, channels: 1, data: Int32Array.from(pixels) };
}

const settings = { w0: 10, sigma: 5, classBalance: true, ignoreIndex: 255 };

describe('border weight map', () => {
  it.each(cases.map((entry) => [entry.name, entry] as const))('equals scipy: %s', (_, entry) => {
    const { height, width, options, labels, instances, weights } = entry;
    const loss = createLoss({ name: 'weighted-border-ce', ...options }, schemaOf(3));
    const objects = instances && raster(height, width, instances);
    const map = loss.weightMap?.(raster(height, width, labels), objects);
    expect([map?.height, map?.width, map?.channels]).toEqual([height, width, 1]);
    expect(map?.data ?? []).toBeAllClose(weights, { rtol: 1e-5, atol: 1e-5 });
  });

  it("has the paper's value between two objects", () => {
    // One row: object 1, gap, gap, object 2. In the gap d1 = 1, d2 = 2: 10 * exp(-9 / 50) = 8.352702.
    const row = raster(1, 4, [1, 0, 0, 1]);
    const { data } = borderWeights(row, undefined, { ...settings, classBalance: false });
    expect(data).toBeAllClose([1, 9.352702, 9.352702, 1], { rtol: 1e-6 });
  });

  it('lets classes count alike: N / (K * n_k), 0 at ignored pixels', () => {
    // Four counted pixels, two classes: 3 of class 0 weigh 4 / (2 * 3), 1 of class 2 weighs 4 / (2 * 1).
    const row = raster(1, 5, [0, 0, 0, 2, 255]);
    const { data } = borderWeights(row, undefined, settings);
    expect(data).toBeAllClose([2 / 3, 2 / 3, 2 / 3, 2, 0]);
  });

  it('weighs an image that is ignored altogether 0', () => {
    const { data } = borderWeights(raster(1, 2, [255, 255]), undefined, settings);
    expect(data).toBeAllClose([0, 0]);
  });

  it('refuses instances of another size', () => {
    const make = (): unknown => borderWeights(raster(1, 2, [0, 1]), raster(2, 1, [0, 1]), settings);
    expect(make).toThrow(ShapeError);
    expect(make).toThrow('instances must be 1x2 like the labels, received 2x1');
  });
});
