import { readFileSync } from 'node:fs';

import { ShapeError, type Raster } from '@segkit/core';
import { expect, test } from 'vitest';

import { cropRaster } from './crop-raster.js';
import { flipRaster } from './flip-raster.js';
import { padConstant, padReflect } from './pad-raster.js';
import { resizeAntialiased } from './resize-antialiased.js';
import { resizeBilinear } from './resize-bilinear.js';
import { resizeNearest } from './resize-nearest.js';
import { rotateRaster } from './rotate-raster.js';

interface Stored {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: readonly number[];
}

/** Made by `oracles/data-rasters.py`. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/data-rasters.json', import.meta.url), 'utf8'),
) as {
  readonly resizes: readonly Record<'input' | 'bilinear' | 'antialiased' | 'nearest', Stored>[];
  readonly pads: readonly Record<'input' | 'reflect', Stored>[];
  readonly rotations: { readonly input: Stored; readonly turns: readonly Stored[] };
};

const load = (stored: Stored): Raster<Float32Array> => ({
  ...stored,
  data: Float32Array.from(stored.data),
});

function expectRaster(received: Raster, expected: Stored): void {
  const { height, width, channels } = received;
  const { data, ...shape } = expected;
  expect({ height, width, channels }).toEqual(shape);
  expect(received.data).toBeAllClose(data);
}

// 0 1 2
// 3 4 5
const grid: Raster<Int32Array> = {
  height: 2,
  width: 3,
  channels: 1,
  data: Int32Array.of(0, 1, 2, 3, 4, 5),
};

test.each(fixture.resizes)('resizing equals PyTorch ($input.data.length numbers)', (entry) => {
  const source = load(entry.input);
  expectRaster(resizeBilinear(source, entry.bilinear), entry.bilinear);
  expectRaster(resizeAntialiased(source, entry.antialiased), entry.antialiased);
  expectRaster(resizeNearest(source, entry.nearest), entry.nearest);
});

test('resizing to the same size changes nothing', () => {
  const source = load(fixture.rotations.input);
  expectRaster(resizeBilinear(source, { height: 2, width: 3 }), fixture.rotations.input);
});

test.each(fixture.pads)('reflection equals numpy ($input.data.length numbers)', (entry) => {
  expectRaster(padReflect(load(entry.input), entry.reflect), entry.reflect);
});

test('constant padding fills below and to the right', () => {
  const padded = padConstant(grid, { height: 3, width: 4 }, 255);
  expect([...padded.data]).toEqual([0, 1, 2, 255, 3, 4, 5, 255, 255, 255, 255, 255]);
  expect(padded.data).toBeInstanceOf(Int32Array);
});

test('quarter turns equal numpy.rot90, and four of them change nothing', () => {
  const source = load(fixture.rotations.input);
  fixture.rotations.turns.forEach((expected, turns) => {
    expectRaster(rotateRaster(source, turns), expected);
    expectRaster(rotateRaster(rotateRaster(source, turns), -turns), fixture.rotations.input);
  });
  const quarter = (raster: Raster<Float32Array>) => rotateRaster(raster, 1);
  expectRaster(quarter(quarter(quarter(quarter(source)))), fixture.rotations.input);
});

test('flips mirror, and twice is the identity', () => {
  const horizontal = { horizontal: true, vertical: false };
  const vertical = { horizontal: false, vertical: true };
  expect([...flipRaster(grid, horizontal).data]).toEqual([2, 1, 0, 5, 4, 3]);
  expect([...flipRaster(grid, vertical).data]).toEqual([3, 4, 5, 0, 1, 2]);
  for (const mirror of [horizontal, vertical, { horizontal: true, vertical: true }]) {
    expect(flipRaster(flipRaster(grid, mirror), mirror)).toEqual(grid);
  }
});

test('a crop is the box, and a box outside is an error', () => {
  const cropped = cropRaster(grid, { top: 1, left: 1, height: 1, width: 2 });
  expect([...cropped.data]).toEqual([4, 5]);
  expect(() => cropRaster(grid, { top: 1, left: 0, height: 2, width: 2 })).toThrow(ShapeError);
});
