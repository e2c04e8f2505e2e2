import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { warpBilinear, warpNearest } from './displacement-field.js';
import { fieldOfGrid } from './grid-field.js';
import { fieldOfNoise } from './smooth-field.js';

interface Field {
  readonly height: number;
  readonly width: number;
  readonly dy: readonly number[];
  readonly dx: readonly number[];
}

/** `oracles/fixtures/elastic.json`, made by `oracles/elastic.py`. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/elastic.json', import.meta.url), 'utf8'),
) as {
  readonly grids: readonly (Field & {
    readonly points: number;
    readonly gridDy: readonly number[];
    readonly gridDx: readonly number[];
  })[];
  readonly noises: readonly (Field & {
    readonly sigma: number;
    readonly alpha: number;
    readonly noiseDy: readonly number[];
    readonly noiseDx: readonly number[];
  })[];
  readonly warps: readonly (Field & {
    readonly image: readonly number[];
    readonly bilinear: readonly number[];
    readonly labels: readonly number[];
    readonly nearest: readonly number[];
  })[];
};

const close = { rtol: 1e-5, atol: 1e-5 };

describe('fields and warps equal scipy', () => {
  test.each(fixture.grids)(
    'a grid of $points points',
    ({ points, gridDy, gridDx, ...expected }) => {
      const field = fieldOfGrid(
        Float64Array.from(gridDy),
        Float64Array.from(gridDx),
        points,
        expected,
      );
      expect(field.dy).toBeAllClose(expected.dy, close);
      expect(field.dx).toBeAllClose(expected.dx, close);
    },
  );

  test.each(fixture.noises)('noise blurred by $sigma', ({ noiseDy, noiseDx, ...expected }) => {
    const noise = [Float32Array.from(noiseDy), Float32Array.from(noiseDx)] as const;
    const field = fieldOfNoise(...noise, expected, expected);
    expect(field.dy).toBeAllClose(expected.dy, close);
    expect(field.dx).toBeAllClose(expected.dx, close);
  });

  test.each(fixture.warps)('a warp of $height x $width', ({ height, width, ...given }) => {
    const field = {
      height,
      width,
      dy: Float32Array.from(given.dy),
      dx: Float32Array.from(given.dx),
    };
    const shape = { height, width, channels: 1 };
    const image = { ...shape, data: Float32Array.from(given.image) };
    const labels = { ...shape, data: Int32Array.from(given.labels) };
    expect(warpBilinear(image, field).data).toBeAllClose(given.bilinear, close);
    expect([...warpNearest(labels, field).data]).toEqual(given.nearest);
  });
});
