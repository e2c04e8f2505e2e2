import { readFileSync } from 'node:fs';

import type { Raster } from '@segkit/core';
import { describe, expect, test } from 'vitest';

import { gaussianBlur } from '../rasters/gaussian-blur.js';
import { scaleBrightness, scaleContrast, scaleSaturation } from './color-factors.js';
import { shiftHsv, type HsvShift } from './hsv-shift.js';
import { raise } from './power-table.js';

interface Stored {
  readonly height: number;
  readonly width: number;
  readonly data: readonly number[];
}

interface Factor {
  readonly kind: 'brightness' | 'contrast' | 'saturation' | 'hue';
  readonly factor: number;
  readonly expected: readonly number[];
}

/** `oracles/fixtures/colors.json`, made by `oracles/colors.py`. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../../oracles/fixtures/colors.json', import.meta.url), 'utf8'),
) as {
  readonly color: Stored;
  readonly gray: Stored;
  readonly factors: readonly Factor[];
  readonly grayFactors: readonly Factor[];
  readonly shifts: readonly (HsvShift & { readonly expected: readonly number[] })[];
  readonly powers: readonly { readonly exponent: number; readonly expected: readonly number[] }[];
  readonly blurs: readonly { readonly sigma: number; readonly expected: readonly number[] }[];
};

const load = (stored: Stored, channels: number): Raster<Float32Array> => ({
  ...stored,
  channels,
  data: Float32Array.from(stored.data),
});

const close = { rtol: 1e-5, atol: 2e-6 };

const change: Record<Factor['kind'], (image: Raster<Float32Array>, factor: number) => void> = {
  brightness: scaleBrightness,
  contrast: scaleContrast,
  saturation: scaleSaturation,
  hue: ({ data }, hue) => {
    shiftHsv(data, { hue, saturation: 0, value: 0 });
  },
};

describe('colours equal torchvision, scikit-image and scipy', () => {
  test.each(fixture.factors)('$kind by $factor', ({ kind, factor, expected }) => {
    const image = load(fixture.color, 3);
    change[kind](image, factor);
    expect(image.data).toBeAllClose(expected, close);
  });

  test.each(fixture.grayFactors)('gray: $kind by $factor', ({ kind, factor, expected }) => {
    const image = load(fixture.gray, 1);
    change[kind](image, factor);
    expect(image.data).toBeAllClose(expected, close);
  });

  test.each(fixture.shifts)('HSV by $hue, $saturation, $value', ({ expected, ...shift }) => {
    const { data } = load(fixture.color, 3);
    shiftHsv(data, shift);
    expect(data).toBeAllClose(expected, close);
  });

  test.each(fixture.powers)('the power $exponent', ({ exponent, expected }) => {
    const { data } = load(fixture.color, 3);
    raise(data, exponent);
    expect(data).toBeAllClose(expected, { rtol: 1e-6, atol: 1e-12 });
  });

  test.each(fixture.blurs)('a blur of $sigma', ({ sigma, expected }) => {
    expect(gaussianBlur(load(fixture.color, 3), sigma).data).toBeAllClose(expected, close);
  });
});
