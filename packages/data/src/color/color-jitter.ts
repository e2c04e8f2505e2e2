import { defineTransform, ShapeError, type Raster, type RandomStream } from '@segkit/core';
import * as z from 'zod';

import { probability, sometimes } from '../transforms/probability.js';
import { drawFrom, rangeOf, rangeOption, type RangeOption } from '../transforms/range-option.js';
import { changeLight, expectUnitRange } from './change-image.js';
import { scaleBrightness, scaleContrast, scaleSaturation } from './color-factors.js';
import { shiftHsv, type HsvShift } from './hsv-shift.js';

const options = z.strictObject({
  brightness: rangeOption(1, 0)
    .default(0)
    .describe('Factor of all values: b is 1 - b to 1 + b; or a pair.'),
  contrast: rangeOption(1, 0)
    .default(0)
    .describe('Factor of the distance from the mean gray: c is 1 - c to 1 + c; or a pair.'),
  saturation: rangeOption(1, 0)
    .default(0)
    .describe("Factor of the distance from each pixel's gray: s is 1 - s to 1 + s; or a pair."),
  hue: rangeOption(0)
    .default(0)
    .describe('Turn of the colour circle, in shares of it: h is -h to h (at most 0.5); or a pair.'),
  hsvShift: z
    .strictObject({
      hue: rangeOption(0).default(0).describe('Shares of the colour circle.'),
      saturation: rangeOption(0).default(0).describe('Added to saturations in [0, 1].'),
      value: rangeOption(0).default(0).describe('Added to values in [0, 1].'),
    })
    .optional()
    .describe(
      "Numbers added to hue, saturation and value after all else, as D-LinkNet does: n is -n to n; or a pair. OpenCV's hues go to 180, the others to 255.",
    ),
  probability,
});

/** What a config may say about a `color-jitter`. */
export type ColorJitterOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    'color-jitter': ColorJitterOptions;
  }
}

interface JitterRanges {
  readonly brightness: RangeOption;
  readonly contrast: RangeOption;
  readonly saturation: RangeOption;
  readonly hue: RangeOption;
  readonly hsvShift?: Readonly<Record<keyof HsvShift, RangeOption>> | undefined;
}

/** One change of an image, in place; those that change nothing are left out. */
interface Operation {
  readonly isNeutral: boolean;
  readonly apply: (image: Raster<Float32Array>) => void;
}

/** Colour of images in gray is what it is; colour of other images cannot be known. */
function hasColor(path: string, { channels }: Raster): boolean {
  if (channels === 3) return true;
  if (channels === 1) return false;
  throw new ShapeError(
    `${path}: saturation, hue and hsvShift expect images of 3 channels (or 1, which they leave), received ${String(channels)}; use brightness and contrast only.`,
  );
}

/** Draws what is done to an image: torchvision's four changes in any order, then the shift. */
function drawOperations(ranges: JitterRanges, path: string, random: RandomStream): Operation[] {
  const draw = (option: RangeOption, neutral: number): number =>
    drawFrom(rangeOf(option, neutral), random);
  const scaling = (
    option: RangeOption,
    scale: (image: Raster<Float32Array>, factor: number) => void,
  ): Operation => {
    const factor = draw(option, 1);
    return {
      isNeutral: factor === 1,
      apply: (image) => {
        scale(image, factor);
      },
    };
  };
  const shifting = (shift: HsvShift): Operation => ({
    isNeutral: shift.hue === 0 && shift.saturation === 0 && shift.value === 0,
    apply: (image) => {
      if (hasColor(path, image)) shiftHsv(image.data, shift);
    },
  });
  const { brightness, contrast, saturation, hue, hsvShift } = ranges;
  const operations = random.shuffle([
    scaling(brightness, scaleBrightness),
    scaling(contrast, scaleContrast),
    scaling(saturation, (image, factor) => {
      if (hasColor(path, image)) scaleSaturation(image, factor);
    }),
    shifting({ hue: draw(hue, 0), saturation: 0, value: 0 }),
  ]);
  if (hsvShift !== undefined) {
    const shift = {
      hue: draw(hsvShift.hue, 0),
      saturation: draw(hsvShift.saturation, 0),
      value: draw(hsvShift.value, 0),
    };
    operations.push(shifting(shift));
  }
  return operations.filter(({ isNeutral }) => !isNeutral);
}

/**
 * Changes brightness, contrast, saturation and hue by random amounts and in random order, as torchvision's `ColorJitter`,
 * and shifts colours in HSV, as D-LinkNet does. A target image changes with its image.
 * @example
 * `{ name: 'color-jitter', brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }`
 */
export const colorJitter = defineTransform({
  name: 'color-jitter',
  description: 'Changes brightness, contrast, saturation and hue of images in [0, 1] at random.',
  source:
    'https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ColorJitter.html',
  options,
  create: ({ probability: share, ...ranges }, { path }) =>
    sometimes(share, (sample, random) => {
      expectUnitRange(path, 'color-jitter', sample);
      const operations = drawOperations(ranges, path, random);
      return changeLight(sample, (image) => {
        for (const { apply } of operations) apply(image);
      });
    }),
});
