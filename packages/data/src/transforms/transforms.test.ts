import {
  DataError,
  randomStream,
  ShapeError,
  type Raster,
  type Sample,
  type Size,
  type Transform,
} from '@segkit/core';
import { expect, test } from 'vitest';

import { makeTransform } from '../make-component.test-support.js';
import { flip, flipSample } from './flip.js';
import { mirrorPad } from './mirror-pad.js';
import { normalize } from './normalize.js';
import { padToMultiple } from './pad-to-multiple.js';
import { randomCrop } from './random-crop.js';
import { resize } from './resize.js';
import { rotate90, rotateSample } from './rotate90.js';

/**
 * A sample in which every raster says the same: pixel i has image values `i/1000` and `i/1000 + 10`, label i,
 * instance i + 1, weight i/1000 + 2 and target i/1000 + 3.
 */
function alignedSample({ height, width }: Size): Sample {
  const pixels = Array.from({ length: height * width }, (_, i) => i);
  const float = (channels: number, data: number[]): Raster<Float32Array> => ({
    height,
    width,
    channels,
    data: Float32Array.from(data),
  });
  const integer = (data: number[]): Raster<Int32Array> => ({
    height,
    width,
    channels: 1,
    data: Int32Array.from(data),
  });
  return {
    id: 'a',
    image: float(
      2,
      pixels.flatMap((i) => [i / 1000, i / 1000 + 10]),
    ),
    labels: integer(pixels),
    instances: integer(pixels.map((i) => i + 1)),
    weights: float(
      1,
      pixels.map((i) => i / 1000 + 2),
    ),
    target: float(
      1,
      pixels.map((i) => i / 1000 + 3),
    ),
  };
}

/** Checks that all rasters of a moved sample still say the same. */
function expectAligned({ image, labels, instances, weights, target }: Sample): void {
  const pixels = [...(labels?.data ?? [])];
  const { height, width } = image;
  for (const raster of [labels, instances, weights, target]) {
    expect(raster).toMatchObject({ height, width });
  }
  expect(pixels).toHaveLength(height * width);
  expect(image.data).toBeAllClose(pixels.flatMap((i) => [i / 1000, i / 1000 + 10]));
  expect([...(instances?.data ?? [])]).toEqual(pixels.map((i) => i + 1));
  expect(weights?.data ?? []).toBeAllClose(pixels.map((i) => i / 1000 + 2));
  expect(target?.data ?? []).toBeAllClose(pixels.map((i) => i / 1000 + 3));
}

/** Applies what a transform says would undo it. */
function restored(sample: Sample, prediction: Raster<Float32Array>): Raster<Float32Array> {
  return (sample.restore ?? []).reduce((raster, undo) => undo(raster), prediction);
}

const moving: { name: string; transform: Transform; size: Size }[] = [
  {
    name: 'random-crop',
    transform: makeTransform(randomCrop, { height: 3, width: 2 }),
    size: { height: 5, width: 7 },
  },
  {
    name: 'random-crop of the whole',
    transform: makeTransform(randomCrop, { size: 5 }),
    size: { height: 5, width: 5 },
  },
  { name: 'flip', transform: makeTransform(flip), size: { height: 3, width: 4 } },
  { name: 'rotate90', transform: makeTransform(rotate90), size: { height: 4, width: 4 } },
  {
    name: 'rotate90 of an oblong',
    transform: makeTransform(rotate90),
    size: { height: 2, width: 3 },
  },
];

test.each(moving)(
  '$name moves all rasters together, by the stream alone',
  ({ transform, size }) => {
    const sample = alignedSample(size);
    const before = structuredClone(sample);
    for (let seed = 0; seed < 24; seed++) {
      const moved = transform.apply(sample, randomStream(seed));
      const again = transform.apply(sample, randomStream(seed));
      expect(again.image).toEqual(moved.image);
      expectAligned(moved);
    }
    expect(sample).toEqual(before);
  },
);

const outcomes = (transform: Transform, size: Size): number => {
  const sample = alignedSample(size);
  const seeds = Array.from({ length: 64 }, (_, seed) => seed);
  return new Set(
    seeds.map((seed) => transform.apply(sample, randomStream(seed)).labels?.data.join()),
  ).size;
};

test('every outcome occurs', () => {
  expect(outcomes(makeTransform(flip), { height: 2, width: 2 })).toBe(4);
  expect(outcomes(makeTransform(flip, { vertical: false }), { height: 2, width: 2 })).toBe(2);
  expect(
    outcomes(makeTransform(flip, { horizontal: false, vertical: false }), { height: 2, width: 2 }),
  ).toBe(1);
  expect(outcomes(makeTransform(rotate90), { height: 2, width: 2 })).toBe(4);
  expect(outcomes(makeTransform(rotate90), { height: 2, width: 3 })).toBe(2);
  expect(outcomes(makeTransform(randomCrop, { size: 2 }), { height: 3, width: 4 })).toBe(6);
});

test('flipping twice, and turning four times, change nothing', () => {
  const sample = alignedSample({ height: 3, width: 4 });
  const mirror = { horizontal: true, vertical: true };
  const { restore: flips, ...twice } = flipSample(flipSample(sample, mirror), mirror);
  expect(twice).toEqual(sample);
  expect(flips).toHaveLength(2);
  const quarter = (turned: Sample) => rotateSample(turned, 1);
  const { restore: _, ...turned } = quarter(quarter(quarter(quarter(sample))));
  expect(turned).toEqual(sample);
});

test('restore undoes several transforms, the last one first', () => {
  const sample = alignedSample({ height: 3, width: 4 });
  const pad = makeTransform(padToMultiple, { multiple: 5 });
  let changed = rotateSample(sample, 1);
  changed = pad.apply(changed, randomStream(0));
  changed = flipSample(changed, { horizontal: true, vertical: false });
  expect(changed.image).toMatchObject({ height: 5, width: 5 });
  expect(restored(changed, changed.image)).toEqual(sample.image);
});

test('padding reflects the image, and its pixels do not count', () => {
  const sample = alignedSample({ height: 2, width: 3 });
  const padded = makeTransform(padToMultiple, { multiple: 4 }).apply(sample, randomStream(0));
  // Rows 0 1 | 0 1, columns 0 1 2 | 1.
  const source = [0, 1, 2, 1, 3, 4, 5, 4, 0, 1, 2, 1, 3, 4, 5, 4];
  expect(padded.image.data).toBeAllClose(source.flatMap((i) => [i / 1000, i / 1000 + 10]));
  expect(padded.target?.data ?? []).toBeAllClose(source.map((i) => i / 1000 + 3));
  const ignored = [255, 255, 255, 255, 255, 255, 255, 255];
  expect([...(padded.labels?.data ?? [])]).toEqual([0, 1, 2, 255, 3, 4, 5, 255, ...ignored]);
  const none = [0, 0, 0, 0, 0, 0, 0, 0];
  expect([...(padded.instances?.data ?? [])]).toEqual([1, 2, 3, 0, 4, 5, 6, 0, ...none]);
  expect(padded.weights?.data ?? []).toBeAllClose([
    2,
    2.001,
    2.002,
    0,
    2.003,
    2.004,
    2.005,
    0,
    ...none,
  ]);
  expect(restored(padded, padded.image)).toEqual(sample.image);
});

test('mirror-pad adds the same on every side, and its pixels do not count', () => {
  const sample = alignedSample({ height: 2, width: 3 });
  const padded = makeTransform(mirrorPad, { margin: 1 }).apply(sample, randomStream(0));
  // Rows 1 | 0 1 | 0, columns 1 | 0 1 2 | 1 of the pixels 0 1 2 / 3 4 5.
  const source = [4, 3, 4, 5, 4, 1, 0, 1, 2, 1, 4, 3, 4, 5, 4, 1, 0, 1, 2, 1];
  expect(padded.image).toMatchObject({ height: 4, width: 5 });
  expect(padded.image.data).toBeAllClose(source.flatMap((i) => [i / 1000, i / 1000 + 10]));
  const outside = [255, 255, 255, 255, 255];
  const labels = [...outside, 255, 0, 1, 2, 255, 255, 3, 4, 5, 255, ...outside];
  expect([...(padded.labels?.data ?? [])]).toEqual(labels);
  expect(padded.weights?.data[0]).toBe(0);
  expect(restored(padded, padded.image)).toEqual(sample.image);
});

test('padding by zero, and none where none is needed', () => {
  const sample = alignedSample({ height: 1, width: 2 });
  const padded = makeTransform(padToMultiple, { multiple: 3, mode: 'zero' }).apply(
    sample,
    randomStream(0),
  );
  expect(padded.image.data.subarray(0, 6)).toBeAllClose([0, 10, 0.001, 10.001, 0, 0]);
  const fitting = alignedSample({ height: 32, width: 64 });
  expect(makeTransform(padToMultiple).apply(fitting, randomStream(0))).toBe(fitting);
});

test('resizing keeps labels where the image is, and restore resizes back', () => {
  const size = { height: 8, width: 8 };
  // Left half dark and class 0, right half bright and class 1.
  const half = Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 0 : 1));
  const sample: Sample = {
    id: 'half',
    image: { ...size, channels: 1, data: Float32Array.from(half) },
    labels: { ...size, channels: 1, data: Int32Array.from(half) },
  };
  for (const [height, width] of [
    [4, 4],
    [16, 16],
    [5, 12],
    [3, 3],
  ] as const) {
    const resized = makeTransform(resize, { height, width }).apply(sample, randomStream(0));
    expect(resized.image).toMatchObject({ height, width });
    const labelled = [...(resized.labels?.data ?? [])];
    // Bilinear values of the step are below 0.5 left of the middle and above right of it; 0.5 on it.
    const bright = [...resized.image.data].map((value, i) =>
      value === 0.5 ? labelled[i] : Number(value > 0.5),
    );
    expect(labelled).toEqual(bright);
    expect(restored(resized, resized.image)).toMatchObject(size);
  }
  expect(makeTransform(resize, { size: 8 }).apply(sample, randomStream(0))).toBe(sample);
});

test('normalize by numbers, by channels, by ImageNet and by the image', () => {
  const image: Raster<Float32Array> = {
    height: 1,
    width: 2,
    channels: 3,
    data: Float32Array.of(0.5, 0.5, 0.5, 0.7, 0.5, 0.1),
  };
  const apply = (options: object) =>
    makeTransform(normalize, options).apply({ id: 'n', image }, randomStream(0)).image.data;
  expect(apply({ mean: 0.5, std: 0.1 })).toBeAllClose([0, 0, 0, 2, 0, -4]);
  expect(apply({ mean: [0.5, 0.4, 0.3], std: [1, 0.5, 0.1] })).toBeAllClose([
    0, 0.2, 2, 0.2, 0.2, -2,
  ]);
  // (0.5 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (0.5 - 0.406) / 0.225, and so on.
  const imagenet = [0.0655022, 0.1964286, 0.4177778, 0.9388646, 0.1964286, -1.36];
  expect(apply({ preset: 'imagenet' })).toBeAllClose(imagenet, { rtol: 1e-5 });
  // Means 0.6, 0.5, 0.3; standard deviations 0.1, 0 (constant: becomes 0), 0.2.
  expect(apply({ mode: 'per-image' })).toBeAllClose([-1, 0, 1, 1, 0, -1], { rtol: 1e-5 });
});

test('normalize for another number of channels is an error', () => {
  const image = alignedSample({ height: 1, width: 1 }).image;
  const apply = makeTransform(normalize, { preset: 'imagenet' });
  expect(() => apply.apply({ id: 'n', image }, randomStream(0))).toThrow(ShapeError);
  expect(() => apply.apply({ id: 'n', image }, randomStream(0))).toThrow(
    /images of 2 channels, received 3/,
  );
});

test('an image smaller than the crop is an error that names it', () => {
  const crop = makeTransform(randomCrop, { size: 4 });
  const sample = alignedSample({ height: 5, width: 3 });
  expect(() => crop.apply(sample, randomStream(0))).toThrow(DataError);
  expect(() => crop.apply(sample, randomStream(0))).toThrow(
    /transforms\.train\.0: expected images of at least 4x4, received 5x3 \("a"\); use a smaller crop/,
  );
});

test('a crop forgets what earlier transforms would restore', () => {
  const padded = makeTransform(padToMultiple, { multiple: 4 }).apply(
    alignedSample({ height: 3, width: 3 }),
    randomStream(0),
  );
  expect(padded.restore).toHaveLength(1);
  expect(makeTransform(randomCrop, { size: 2 }).apply(padded, randomStream(0))).not.toHaveProperty(
    'restore',
  );
});

test.each([
  { plugin: randomCrop, options: {} },
  { plugin: randomCrop, options: { size: 4, width: 4 } },
  { plugin: resize, options: { height: 4 } },
  { plugin: resize, options: { size: 0 } },
  { plugin: padToMultiple, options: { mode: 'mirror' } },
  { plugin: normalize, options: {} },
  { plugin: normalize, options: { mean: 0.5 } },
  { plugin: normalize, options: { mean: 0.5, std: 0 } },
  { plugin: normalize, options: { preset: 'imagenet', mode: 'per-image' } },
  { plugin: flip, options: { diagonal: true } },
])('$plugin.name refuses $options', ({ plugin, options }) => {
  expect(() => makeTransform(plugin, options)).toThrow();
});
