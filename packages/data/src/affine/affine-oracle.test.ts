import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import type { Border } from '../warp/row-taps.js';
import { warpSample } from '../warp/warp-sample.js';
import { affineMap, type AffineParameters } from './affine-map.js';

/** `oracles/fixtures/affine.json`, made by `oracles/affine.py`. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/affine.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly {
    readonly height: number;
    readonly width: number;
    readonly border: Border;
    readonly fill: number;
    readonly parameters: AffineParameters;
    readonly image: readonly number[];
    readonly moved: readonly number[];
    readonly labels: readonly number[];
    /** By the border; -1 where that is constant. */
    readonly nearest: readonly number[];
    /** -1 outside. */
    readonly dropped: readonly number[];
  }[];
};

test.each(fixture.cases)('equals scikit-image: $border, $parameters', (given) => {
  const { height, width, border, fill } = given;
  const size = { height, width };
  const image = { ...size, channels: 3, data: Float32Array.from(given.image) };
  const labels = { ...size, channels: 1, data: Int32Array.from(given.labels) };
  // One channel and two go other ways through the code than three.
  const channel = (count: number) => ({
    ...size,
    channels: count,
    data: image.data.filter((_, i) => i % 3 < count),
  });
  const map = affineMap(given.parameters, size);
  const around = { border, fill, label: -1, weight: 0 };
  for (const forgetOutside of [false, true]) {
    const sample = { id: 'a', image, labels, target: channel(1), instances: labels };
    const moved = warpSample(sample, map, { ...around, forgetOutside });
    expect(moved.image.data).toBeAllClose(given.moved, { rtol: 1e-5, atol: 1e-5 });
    const gray = given.moved.filter((_, i) => i % 3 === 0);
    expect(moved.target?.data ?? []).toBeAllClose(gray, { rtol: 1e-5, atol: 1e-5 });
    expect([...(moved.labels?.data ?? [])]).toEqual(forgetOutside ? given.dropped : given.nearest);
  }
  const two = warpSample({ id: 'b', image: channel(2) }, map, { ...around, forgetOutside: true });
  const expected = given.moved.filter((_, i) => i % 3 < 2);
  expect(two.image.data).toBeAllClose(expected, { rtol: 1e-5, atol: 1e-5 });
});
