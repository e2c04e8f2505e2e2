import * as z from 'zod';

import type { Border } from './row-taps.js';
import type { Surroundings } from './warp-sample.js';

/** Option fields that say what comes from outside an image. @param outside - What labels do by default. */
export function borderFields(outside: 'ignore' | 'border') {
  return {
    border: z
      .enum(['reflect', 'edge', 'constant'])
      .default('reflect')
      .describe("What comes from outside shows: the mirror image, the border's pixels, or fill."),
    fill: z.number().default(0).describe("Value of image and target where border is 'constant'."),
    outside: z
      .enum(['ignore', 'border'])
      .default(outside)
      .describe(
        "Labels from outside: 'ignore' is ignoreIndex; 'border' does as the image does, and is class 0 where that is constant.",
      ),
  };
}

/** What {@link borderFields} mean for a warp. */
export function surroundingsOf(
  options: {
    readonly border: Border;
    readonly fill: number;
    readonly outside: 'ignore' | 'border';
  },
  ignoreIndex: number,
): Surroundings {
  const { border, fill, outside } = options;
  if (outside === 'ignore') {
    return { border, fill, forgetOutside: true, label: ignoreIndex, weight: 0 };
  }
  // A constant border that counts is background, of the weight that losses give to what is nothing special.
  return { border, fill, forgetOutside: false, label: 0, weight: 1 };
}
