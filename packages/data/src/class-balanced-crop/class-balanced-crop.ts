import {
  ConfigError,
  DataError,
  defineTransform,
  type LabelClass,
  type RandomStream,
  type Sample,
  type Size,
} from '@segkit/core';
import * as z from 'zod';

import { checkCropFits, cropSample } from '../transforms/crop-sample.js';
import { drawByWeight } from '../transforms/draw-by-weight.js';
import { givesOneSize, oneSizeMessage, sizeFields, sizeOf } from '../transforms/size-options.js';
import { countClasses, findPixel } from './class-pixels.js';

const options = z
  .strictObject({
    ...sizeFields,
    weights: z
      .record(z.string(), z.number().min(0))
      .default({})
      .describe(
        'How often a class is asked for, by its name, among those that an image shows; 1 where nothing is said.',
      ),
    probability: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('Share of the crops that must hold a class; the others lie anywhere.'),
  })
  .refine(givesOneSize, { error: oneSizeMessage });

/** What a config may say about a `class-balanced-crop`. */
export type ClassBalancedCropOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'class-balanced-crop': ClassBalancedCropOptions;
  }
}

function reject(path: string, message: string): never {
  throw new ConfigError(`${path}.weights: ${message}.`, [{ path: `${path}.weights`, message }]);
}

/** A weight for every class. @throws ConfigError if a name is no class's, or no class has a weight. */
function weightsOf(
  named: Readonly<Record<string, number>>,
  classes: readonly LabelClass[],
  path: string,
): number[] {
  const names = classes.map(({ name }) => name);
  for (const name of Object.keys(named)) {
    if (names.includes(name)) continue;
    reject(path, `expected names of classes (${names.join(', ')}), received "${name}"`);
  }
  const weights = names.map((name) => named[name] ?? 1);
  if (weights.every((weight) => weight === 0)) {
    reject(path, 'expected a class with a weight above 0; leave one class out of the list');
  }
  return weights;
}

/** A pixel of a class drawn by weight among those in the image; -1 if it shows none that has a weight. */
function drawPixel(labels: Int32Array, weights: readonly number[], random: RandomStream): number {
  const [classDraw, pixelDraw] = [random.uniform(), random.uniform()];
  const counts = countClasses(labels, weights.length);
  const present = weights.map((weight, label) => (counts[label] === 0 ? 0 : weight));
  const label = drawByWeight(present, classDraw);
  return label < 0 ? -1 : findPixel(labels, label, Math.floor(pixelDraw * Number(counts[label])));
}

/** The first row or column of a box around `center`, moved so that it lies inside. */
function startAround(center: number, side: number, length: number): number {
  return Math.min(Math.max(center - Math.floor(side / 2), 0), length - side);
}

function labelsOf(path: string, { id, labels }: Sample): Int32Array {
  if (labels !== undefined) return labels.data;
  throw new DataError(
    `${path}: expected samples with labels, "${id}" has none; use random-crop for images without classes.`,
  );
}

/**
 * Cuts out a box around a pixel of a class that is drawn first, so that rare classes are seen as often as wished: the
 * oversampling of nnU-Net, by class.
 * @see https://doi.org/10.1038/s41592-020-01008-z
 */
export const classBalancedCrop = defineTransform({
  name: 'class-balanced-crop',
  description: 'Cuts out a box of fixed size around a pixel of a class drawn by weight.',
  source: 'https://doi.org/10.1038/s41592-020-01008-z',
  options,
  create: ({ weights: named, probability, ...sizeOptions }, { labels: schema, path }) => {
    const weights = weightsOf(named, schema.classes, path);
    const fixed = sizeOf(sizeOptions);
    return {
      apply(sample, random) {
        const { height, width }: Size = fixed ?? sample.image;
        checkCropFits(path, 'class-balanced-crop', sample, { height, width });
        const labels = labelsOf(path, sample);
        const { image } = sample;
        const pixel = random.uniform() < probability ? drawPixel(labels, weights, random) : -1;
        const [top, left] =
          pixel < 0
            ? [random.integer(image.height - height + 1), random.integer(image.width - width + 1)]
            : [
                startAround(Math.floor(pixel / image.width), height, image.height),
                startAround(pixel % image.width, width, image.width),
              ];
        return cropSample(sample, { top, left, height, width });
      },
    };
  },
});
