import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import type { SourceMap } from '../warp/source-map.js';
import { warpSample } from '../warp/warp-sample.js';
import { displaced, displacements, mirrored } from './displacements.test-support.js';
import { gridMap } from './grid-map.js';
import { noiseMap } from './noise-map.js';

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

function expectField(map: SourceMap, expected: Field): void {
  const { dy, dx } = displacements(map);
  expect(dy).toBeAllClose(expected.dy, close);
  expect(dx).toBeAllClose(expected.dx, close);
}

describe('fields and warps equal scipy', () => {
  test.each(fixture.grids)(
    'a grid of $points points',
    ({ points, gridDy, gridDx, ...expected }) => {
      const grids = [Float64Array.from(gridDy), Float64Array.from(gridDx)] as const;
      expectField(gridMap(...grids, points, expected), expected);
    },
  );

  test.each(fixture.noises)('noise blurred by $sigma', ({ noiseDy, noiseDx, ...expected }) => {
    const noise = [Float32Array.from(noiseDy), Float32Array.from(noiseDx)] as const;
    expectField(noiseMap(...noise, expected, expected), expected);
  });

  test.each(fixture.warps)('a warp of $height x $width', ({ height, width, ...given }) => {
    const size = { height, width };
    const map = displaced(size, Float32Array.from(given.dy), Float32Array.from(given.dx));
    const image = { ...size, channels: 1, data: Float32Array.from(given.image) };
    const labels = { ...size, channels: 1, data: Int32Array.from(given.labels) };
    const warped = warpSample({ id: 'warp', image, labels }, map, mirrored);
    expect(warped.image.data).toBeAllClose(given.bilinear, close);
    expect([...(warped.labels?.data ?? [])]).toEqual(given.nearest);
  });
});
