import { defineTransform, type Raster } from '@segkit/core';
import * as z from 'zod';

import { changeImage, clampUnit, expectUnitRange } from '../color/change-image.js';
import { probability, sometimes } from '../transforms/probability.js';
import { drawFrom, spanOf, spanOption } from '../transforms/range-option.js';
import { equalizeAdaptively } from './equalize.js';

const options = z.strictObject({
  clipLimit: spanOption(z.number().positive())
    .default(4)
    .describe(
      'How many times the mean a level may occur in a tile, or the range of it; more gives more contrast.',
    ),
  tiles: z.number().int().positive().default(8).describe('Tiles along each side of the image.'),
  probability,
});

/** What a config may say about a `clahe`. */
export type ClaheOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    clahe: ClaheOptions;
  }
}

interface ClaheSettings {
  readonly clipLimit: number;
  readonly tiles: number;
}

/** Equalises the value of HSV, the largest of red, green and blue; hue and saturation stay. In place. */
function equalizeColor({ data, ...size }: Raster<Float32Array>, settings: ClaheSettings): void {
  const values = new Float32Array(data.length / 3);
  for (let i = 0; i < values.length; i++) {
    const most = Math.max(
      data[3 * i] as number,
      data[3 * i + 1] as number,
      data[3 * i + 2] as number,
    );
    values[i] = clampUnit(most);
  }
  const equalized = equalizeAdaptively(values, size, settings);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const brighter = equalized[i] as number;
    for (let c = 3 * i; c < 3 * i + 3; c++) {
      // Black has no hue: it becomes gray.
      data[c] = value === 0 ? brighter : ((data[c] as number) / value) * brighter;
    }
  }
}

/** Equalises each channel on its own, in place. */
function equalizeChannels(
  { channels, data, ...size }: Raster<Float32Array>,
  settings: ClaheSettings,
) {
  const values = new Float32Array(data.length / channels);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < values.length; i++) {
      values[i] = clampUnit(data[i * channels + c] as number);
    }
    const equalized = equalizeAdaptively(values, size, settings);
    for (let i = 0; i < values.length; i++) data[i * channels + c] = equalized[i] as number;
  }
}

/**
 * Contrast-limited adaptive histogram equalisation: OpenCV's, on gray images and on the value (HSV) of RGB images; of
 * images of another number of channels, each channel on its own. With a fixed `clipLimit` it draws nothing that shows,
 * and serves `transforms.validation` too. A target image stays as it is.
 */
export const clahe = defineTransform({
  name: 'clahe',
  description: 'Evens out contrast tile by tile (CLAHE).',
  source: 'https://docs.opencv.org/4.x/d5/daf/tutorial_py_histogram_equalization.html',
  options,
  create: ({ clipLimit, tiles, probability: share }, { path }) =>
    sometimes(share, (sample, random) => {
      expectUnitRange(path, 'clahe', sample);
      const settings = { tiles, clipLimit: drawFrom(spanOf(clipLimit), random) };
      return changeImage(sample, (image) => {
        if (image.channels === 3) equalizeColor(image, settings);
        else equalizeChannels(image, settings);
      });
    }),
});
