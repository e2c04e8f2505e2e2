// Whatever moves pixels moves those of all rasters alike: on random fields whose image says what its labels are.
import { randomStream, type Sample, type Size, type Transform } from '@segkit/core';
import { expect, test } from 'vitest';

import { affine } from '../affine/affine.js';
import { classBalancedCrop } from '../class-balanced-crop/class-balanced-crop.js';
import { elastic } from '../elastic/elastic.js';
import { makeTransform } from '../make-component.test-support.js';
import { gaussianBlur } from '../rasters/gaussian-blur.js';
import { centerCrop } from './center-crop.js';
import { flip } from './flip.js';
import { oneOf } from './one-of.js';
import { randomCrop } from './random-crop.js';
import { randomResizedCrop } from './random-resized-crop.js';
import { resize } from './resize.js';
import { rotate90 } from './rotate90.js';

const ignored = 255;

/** Blobs of three classes; image and target are the class, weights 2 more, instances 7 times as much. */
function fieldSample({ height, width }: Size, seed: number): Sample {
  const random = randomStream(seed);
  const noise = Float32Array.from({ length: height * width }, () => random.uniform());
  const smooth = gaussianBlur({ height, width, channels: 1, data: noise }, 5).data;
  const steps = smooth.map((value) => (value < 0.49 ? 0 : value < 0.51 ? 1 : 2));
  const image = { height, width, channels: 1, data: steps };
  const labels = { ...image, data: Int32Array.from(steps) };
  return {
    id: `field ${String(seed)}`,
    image,
    labels,
    instances: { ...labels, data: labels.data.map((label) => 7 * label) },
    weights: { ...image, data: steps.map((value) => value + 2) },
    target: image,
    restore: [(prediction) => prediction],
  };
}

/** All values of a sample as texts, which are compared faster than arrays. */
function contentOf({ image, labels, instances, weights, target }: Sample): (string | undefined)[] {
  return [image, labels, instances, weights, target].map((raster) => raster?.data.join());
}

/** Pixels around a pixel whose labels must be the same for it to be away from all edges. */
const reach = 3;

/** Calls back for every pixel with one label around it. @returns How many there were. */
function visitInner(sample: Sample, visit: (pixel: number, label: number) => void): number {
  const { height, width, data } = sample.labels!;
  let count = 0;
  for (let y = reach; y < height - reach; y++) {
    for (let x = reach; x < width - reach; x++) {
      const label = data[y * width + x]!;
      let inner = true;
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          inner &&= data[(y + dy) * width + x + dx] === label;
        }
      }
      if (!inner) continue;
      count++;
      visit(y * width + x, label);
    }
  }
  return count;
}

const size = { height: 72, width: 96 };
const affineAll = { rotate: 30, scale: 0.2, aspect: 0.2, shear: 10, translate: 0.1 };

const cases: { name: string; transform: Transform }[] = [
  { name: 'affine', transform: makeTransform(affine, affineAll) },
  {
    name: 'affine, labels as the mirror image',
    transform: makeTransform(affine, { ...affineAll, outside: 'border' }),
  },
  {
    name: 'affine, constant outside',
    transform: makeTransform(affine, { ...affineAll, border: 'constant' }),
  },
  {
    name: 'affine, constant outside and background',
    transform: makeTransform(affine, { ...affineAll, border: 'constant', outside: 'border' }),
  },
  { name: 'affine, edge', transform: makeTransform(affine, { ...affineAll, border: 'edge' }) },
  { name: 'elastic', transform: makeTransform(elastic, { displacement: 6 }) },
  {
    name: 'elastic, ignored outside',
    transform: makeTransform(elastic, { displacement: 6, outside: 'ignore', border: 'edge' }),
  },
  { name: 'elastic, smooth', transform: makeTransform(elastic, { field: 'smooth', sigma: 6 }) },
  { name: 'flip', transform: makeTransform(flip) },
  { name: 'rotate90', transform: makeTransform(rotate90) },
  { name: 'random-crop', transform: makeTransform(randomCrop, { size: 48 }) },
  { name: 'center-crop', transform: makeTransform(centerCrop, { height: 40, width: 60 }) },
  { name: 'class-balanced-crop', transform: makeTransform(classBalancedCrop, { size: 48 }) },
  {
    name: 'random-resized-crop',
    transform: makeTransform(randomResizedCrop, { size: 64, scale: [0.3, 1] }),
  },
  { name: 'resize', transform: makeTransform(resize, { height: 60, width: 110 }) },
  {
    name: 'one-of',
    transform: makeTransform(oneOf, { choices: [{ transforms: [] }] }),
  },
];

test.each(cases)('$name keeps image and labels aligned, by the stream alone', ({ transform }) => {
  for (let seed = 0; seed < 4; seed++) {
    const sample = fieldSample(size, seed);
    const before = contentOf(sample);
    const moved = transform.apply(sample, randomStream(seed));
    expect(contentOf(transform.apply(sample, randomStream(seed)))).toEqual(contentOf(moved));
    expect(contentOf(sample)).toEqual(before);
    const { height, width } = moved.image;
    for (const raster of [moved.labels, moved.instances, moved.weights, moved.target]) {
      expect(raster).toMatchObject({ height, width });
    }
    let furthest = 0;
    const inner = visitInner(moved, (pixel, label) => {
      const weight = moved.weights!.data[pixel]!;
      if (label === ignored) {
        expect([moved.instances!.data[pixel], weight]).toEqual([0, 0]);
        return;
      }
      furthest = Math.max(
        furthest,
        Math.abs(moved.image.data[pixel]! - label),
        Math.abs(moved.target!.data[pixel]! - label),
        // Background that comes from outside weighs 1; all that comes from the image 2 more than its label.
        weight === 1 ? label : Math.abs(weight - 2 - label),
        Math.abs(moved.instances!.data[pixel]! - 7 * label),
      );
    });
    expect(furthest).toBeLessThan(1e-5);
    expect(inner).toBeGreaterThan((height * width) / 20);
  }
});

test('what moves by other than whole turns forgets how to restore', () => {
  const sample = fieldSample(size, 0);
  for (const [plugin, options] of [
    [affine, { rotate: 10 }],
    [elastic, {}],
    [randomResizedCrop, { size: 32 }],
    [centerCrop, { size: 32 }],
    [classBalancedCrop, { size: 32 }],
  ] as const) {
    const moved = makeTransform(plugin, options).apply(sample, randomStream(0));
    expect(moved).not.toHaveProperty('restore');
  }
});
