import {
  DataError,
  mapSize,
  sameSize,
  type Config,
  type LabelSchema,
  type PreviewedSample,
  type Raster,
  type ResolvedSpec,
  type Sample,
} from '@segkit/core';
import {
  denormalizeRaster,
  imageGrid,
  overlay,
  resizeAntialiased,
  resizeNearest,
  toRgb,
  visible,
} from '@segkit/data';

/** Longer sides of images are made this long, in pixels. */
const longestSide = 256;

/**
 * Draws a sheet: each row a sample as it is, then its draws; each as image, labels over the image (or target) and
 * weights.
 * @returns RGB bytes.
 * @throws DataError if there is no sample.
 */
export function drawPreview(
  samples: readonly PreviewedSample[],
  { data: { labels }, transforms: { train } }: Pick<Config, 'data' | 'transforms'>,
): Raster<Uint8Array> {
  if (samples.length === 0) {
    throw new DataError('preview: the training set holds no samples; check its folder and range.');
  }
  return imageGrid(
    samples.map(({ original, draws }) => {
      const heaviest = Math.max(...[original, ...draws].map(({ weights }) => largestOf(weights)));
      const tiles = (sample: Sample, normalized: readonly ResolvedSpec[]) =>
        tilesOf({ ...sample, image: displayed(sample.image, normalized) }, labels, heaviest);
      return [...tiles(original, []), ...draws.flatMap((draw) => tiles(draw, train))];
    }),
  );
}

function largestOf(weights: Raster<Float32Array> | undefined): number {
  let largest = 0;
  for (const weight of weights?.data ?? []) largest = Math.max(largest, weight);
  return largest;
}

/** An image as it was before it was normalised, in one or three channels. */
function displayed(
  image: Raster<Float32Array>,
  transforms: readonly ResolvedSpec[],
): Raster<Float32Array> {
  const shown = transforms
    .filter(({ name }) => name === 'normalize')
    .reduceRight((current, spec) => {
      const { name: _, ...options } = spec;
      return denormalizeRaster(current, options) ?? visible(current);
    }, image);
  return visible(firstChannels(shown));
}

/** Of images with more than three channels the first three, of those with two the first. */
function firstChannels(image: Raster<Float32Array>): Raster<Float32Array> {
  const { channels, data } = image;
  if (channels === 1 || channels === 3) return image;
  const kept = channels > 3 ? 3 : 1;
  return { ...image, channels: kept, data: data.filter((_, i) => i % channels < kept) };
}

function tilesOf(
  sample: Sample,
  { classes, ignoreIndex }: LabelSchema,
  heaviest: number,
): Raster<Uint8Array>[] {
  const { image, labels, weights, target } = shrunk(sample);
  const tiles = [toRgb(image)];
  if (labels !== undefined) {
    tiles.push(grayed(overlay(image, labels, classes), labels, ignoreIndex));
  }
  if (target !== undefined) tiles.push(toRgb(visible(firstChannels(target))));
  if (weights !== undefined) {
    const data = weights.data.map((weight) => weight / (heaviest || 1));
    tiles.push(toRgb({ ...weights, data }));
  }
  return tiles;
}

/** A sample no larger than a tile. */
function shrunk(sample: Sample): Sample {
  const { image, labels, weights, target } = sample;
  const factor = Math.min(1, longestSide / Math.max(image.height, image.width));
  const size = mapSize(image, (length) => Math.max(1, Math.round(factor * length)));
  if (sameSize(size, image)) return sample;
  return {
    id: sample.id,
    image: resizeAntialiased(image, size),
    ...(labels && { labels: resizeNearest(labels, size) }),
    ...(weights && { weights: resizeAntialiased(weights, size) }),
    ...(target && { target: resizeAntialiased(target, size) }),
  };
}

/** Covers ignored pixels with gray, so that they show. */
function grayed(
  drawn: Raster<Uint8Array>,
  labels: Raster<Int32Array>,
  ignoreIndex: number,
): Raster<Uint8Array> {
  labels.data.forEach((label, pixel) => {
    if (label === ignoreIndex) drawn.data.fill(128, 3 * pixel, 3 * pixel + 3);
  });
  return drawn;
}
