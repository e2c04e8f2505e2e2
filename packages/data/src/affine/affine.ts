import { defineTransform, type RandomStream, type Size } from '@segkit/core';
import * as z from 'zod';

import { probability, sometimes } from '../transforms/probability.js';
import { drawFrom, rangeOf, rangeOption, type RangeOption } from '../transforms/range-option.js';
import { borderFields, surroundingsOf } from '../warp/border-options.js';
import { warpSample } from '../warp/warp-sample.js';
import { affineMap, type AffineParameters } from './affine-map.js';

/** A share of the size that is left of an image, at least, so that it can be turned back into pixels. */
const smallest = 0.01;

const options = z.strictObject({
  rotate: rangeOption(0)
    .default(0)
    .describe('Degrees, clockwise: a number r turns by -r to r, a pair by what lies between.'),
  scale: rangeOption(1, smallest)
    .default(0)
    .describe('Factor of height and width: s is 1 - s to 1 + s; or a pair.'),
  aspect: rangeOption(1, smallest)
    .default(0)
    .describe('Factor of width over height, the area being kept: a is 1 - a to 1 + a; or a pair.'),
  shear: rangeOption(0)
    .default(0)
    .describe('Degrees by which columns lean: s is -s to s; or a pair.'),
  translate: rangeOption(0)
    .default(0)
    .describe("Shift along each axis in shares of the image's side: t is -t to t; or a pair."),
  ...borderFields('ignore'),
  probability,
});

/** What a config may say about an `affine`. */
export type AffineOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    affine: AffineOptions;
  }
}

interface AffineRanges {
  readonly rotate: RangeOption;
  readonly scale: RangeOption;
  readonly aspect: RangeOption;
  readonly shear: RangeOption;
  readonly translate: RangeOption;
}

/** Draws how a sample moves; all numbers are always drawn, so that none depends on another's option. */
function drawParameters(
  { rotate, scale, aspect, shear, translate }: AffineRanges,
  { height, width }: Size,
  random: RandomStream,
): AffineParameters {
  const size = drawFrom(rangeOf(scale, 1), random);
  const stretch = Math.sqrt(drawFrom(rangeOf(aspect, 1), random));
  return {
    rotate: drawFrom(rangeOf(rotate, 0), random),
    scaleX: size * stretch,
    scaleY: size / stretch,
    shear: drawFrom(rangeOf(shear, 0), random),
    shiftX: width * drawFrom(rangeOf(translate, 0), random),
    shiftY: height * drawFrom(rangeOf(translate, 0), random),
  };
}

/**
 * Turns, scales, shears and shifts samples about their centre; the size stays. A prediction stays moved: what earlier
 * transforms would have restored is forgotten.
 * @example
 * `{ name: 'affine', rotate: 15, scale: [0.8, 1.25], translate: 0.1, probability: 0.5 }`
 */
export const affine = defineTransform({
  name: 'affine',
  description: 'Turns, scales, shears and shifts samples at random.',
  source:
    'https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomAffine.html',
  options,
  create: (
    { border, fill, outside, probability: share, ...ranges },
    { labels: { ignoreIndex } },
  ) => {
    const around = surroundingsOf({ border, fill, outside }, ignoreIndex);
    return sometimes(share, (sample, random) => {
      const map = affineMap(drawParameters(ranges, sample.image, random), sample.image);
      return warpSample(sample, map, around);
    });
  },
});
