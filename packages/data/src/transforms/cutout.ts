import { defineTransform, type RandomStream, type Raster, type Sample } from '@segkit/core';
import * as z from 'zod';

import type { Box } from '../rasters/crop-raster.js';
import { probability, sometimes } from './probability.js';
import { drawFrom, spanOf, spanOption, type Range } from './range-option.js';

const options = z.strictObject({
  count: z.number().int().positive().default(1).describe('Squares cut out of every image.'),
  size: spanOption(z.number().positive().max(1))
    .default(0.25)
    .describe("A square's side in shares of the image's shorter side, or the range of it."),
  fill: z
    .union([z.number(), z.literal('mean')])
    .default('mean')
    .describe("What the squares show: a value, or each channel's mean over the image."),
  labels: z
    .enum(['keep', 'ignore'])
    .default('keep')
    .describe("Labels below them: 'keep' asks for what cannot be seen; 'ignore' is ignoreIndex."),
  probability,
});

/** What a config may say about a `cutout`. */
export type CutoutOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface TransformOptions {
    cutout: CutoutOptions;
  }
}

/** A square around any pixel of an image; what lies outside is cut off. */
function drawSquare({ height, width }: Raster, sides: Range, random: RandomStream): Box {
  const share = drawFrom(sides, random);
  const side = Math.max(1, Math.round(share * Math.min(height, width)));
  const firstRow = random.integer(height) - Math.floor(side / 2);
  const firstColumn = random.integer(width) - Math.floor(side / 2);
  const top = Math.max(0, firstRow);
  const left = Math.max(0, firstColumn);
  return {
    ...{ top, left },
    height: Math.min(height, firstRow + side) - top,
    width: Math.min(width, firstColumn + side) - left,
  };
}

function channelMeans({ channels, data }: Raster<Float32Array>): number[] {
  const sums = new Float64Array(channels);
  for (let i = 0; i < data.length; i += channels) {
    for (let c = 0; c < channels; c++) sums[c] = (sums[c] as number) + (data[i + c] as number);
  }
  return Array.from(sums, (sum) => (sum * channels) / data.length);
}

/** A copy with boxes filled by one value for each channel. */
function fillBoxes<T extends Int32Array | Float32Array>(
  raster: Raster<T>,
  boxes: readonly Box[],
  values: readonly number[],
): Raster<T> {
  const { width, channels } = raster;
  const data = raster.data.slice() as T;
  for (const box of boxes) {
    for (let y = box.top; y < box.top + box.height; y++) {
      const start = (y * width + box.left) * channels;
      for (let i = 0; i < box.width * channels; i++) data[start + i] = values[i % channels] ?? 0;
    }
  }
  return { ...raster, data };
}

function forgetBoxes(sample: Sample, boxes: readonly Box[], ignoreIndex: number): Sample {
  const { labels, instances, weights } = sample;
  return {
    ...sample,
    ...(labels && { labels: fillBoxes(labels, boxes, [ignoreIndex]) }),
    ...(instances && { instances: fillBoxes(instances, boxes, [0]) }),
    ...(weights && { weights: fillBoxes(weights, boxes, [0]) }),
  };
}

/**
 * Covers squares of images, so that a network uses all of what it sees; a target image stays whole.
 * @see https://arxiv.org/abs/1708.04552
 */
export const cutout = defineTransform({
  name: 'cutout',
  description: 'Covers random squares of images.',
  source: 'https://arxiv.org/abs/1708.04552',
  options,
  create: ({ count, size, fill, labels, probability: share }, { labels: { ignoreIndex } }) =>
    sometimes(share, (sample, random) => {
      const { image } = sample;
      const boxes = Array.from({ length: count }, () => drawSquare(image, spanOf(size), random));
      const values =
        fill === 'mean' ? channelMeans(image) : Array.from({ length: image.channels }, () => fill);
      const covered = { ...sample, image: fillBoxes(image, boxes, values) };
      return labels === 'ignore' ? forgetBoxes(covered, boxes, ignoreIndex) : covered;
    }),
});
