import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { equalizeAdaptively } from './equalize.js';

/** `oracles/fixtures/clahe.json`, made by `oracles/clahe.py`. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/clahe.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly {
    readonly height: number;
    readonly width: number;
    readonly tiles: number;
    readonly clipLimit: number;
    readonly image: readonly number[];
    readonly equalized: readonly number[];
  }[];
};

test.each(fixture.cases)(
  'equals OpenCV: $height x $width in $tiles x $tiles tiles, limit $clipLimit',
  ({ image, equalized, ...given }) => {
    const values = Float32Array.from(image, (value) => value / 255);
    const received = equalizeAdaptively(values, given, given).map((value) => 255 * value);
    // OpenCV rounds to 8 bits, so it is half a level away at most; its float32 adds a little.
    received.forEach((value, i) => {
      expect(Math.abs(value - Number(equalized[i]))).toBeLessThan(0.501);
    });
  },
);
