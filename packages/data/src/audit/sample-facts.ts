import { createHash } from 'node:crypto';

import {
  sameSize,
  type Inspection,
  type LabelSchema,
  type Raster,
  type Sample,
} from '@segkit/core';

import { objectFacts, type ObjectFacts } from './object-facts.js';

/** Sums over the pixels of one channel. */
export interface ChannelSums {
  readonly sum: number;
  /** Sum of squared distances from the channel's own mean. */
  readonly squares: number;
  readonly min: number;
  readonly max: number;
}

/** What an audit keeps of a sample when its pixels are gone. */
export interface SampleFacts {
  readonly id: string;
  readonly files: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly bits: number | undefined;
  readonly channels: readonly ChannelSums[];
  /** Of size and pixels; equal for equal images, whatever their files. */
  readonly imageHash: string;
  /** Empty without a mask. */
  readonly maskHash: string;
  /** Pixels by class; `undefined` without a mask. */
  readonly classPixels: readonly number[] | undefined;
  readonly ignoredPixels: number;
  /** Pixels by mask value, for values that mean nothing. */
  readonly unknown: ReadonlyMap<string, number>;
  readonly byIds: boolean;
  readonly objects: readonly ObjectFacts[];
}

/** Reduces a sample to what is counted. */
export function sampleFacts(
  { id, files, bits, unknown }: Inspection,
  sample: Sample,
  labels: LabelSchema,
): SampleFacts {
  const { image } = sample;
  const counted = sample.labels === undefined ? undefined : countLabels(sample.labels, labels);
  return {
    id,
    files,
    height: image.height,
    width: image.width,
    bits,
    channels: channelSums(image),
    imageHash: hashOf(image),
    maskHash: sample.labels === undefined ? '' : hashOf(sample.labels),
    classPixels: counted?.classes,
    ignoredPixels: counted?.ignored ?? 0,
    unknown: unknown ?? counted?.unknown ?? new Map<string, number>(),
    byIds: sample.instances !== undefined,
    objects: objectFacts(sample, labels),
  };
}

/** What is wrong with a sample of a data set that does not say so itself; or `undefined`. */
export function sizeMismatch({ image, labels, instances, target }: Sample): string | undefined {
  for (const [name, raster] of Object.entries({ labels, instances, target })) {
    if (raster === undefined || sameSize(raster, image)) continue;
    const [expected, found] = [image, raster].map(
      ({ height, width }) => `${String(height)}x${String(width)}`,
    );
    return `expected ${name} of the image's size ${String(expected)}, found ${String(found)}`;
  }
  return undefined;
}

function hashOf({ height, width, channels, data }: Raster): string {
  const { buffer, byteOffset, byteLength } = data;
  return createHash('sha256')
    .update(`${[height, width, channels].join()};`)
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('base64url');
}

function channelSums({ channels, data }: Raster<Float32Array>): ChannelSums[] {
  return Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    let min = Infinity;
    let max = -Infinity;
    for (let i = channel; i < data.length; i += channels) {
      const value = data[i] as number;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const mean = (sum * channels) / data.length;
    let squares = 0;
    for (let i = channel; i < data.length; i += channels) {
      squares += ((data[i] as number) - mean) ** 2;
    }
    return { sum, squares, min, max };
  });
}

function countLabels({ data }: Raster<Int32Array>, { classes, ignoreIndex }: LabelSchema) {
  const counts = new Map<number, number>();
  let start = 0;
  // Masks are runs of equal labels: one look-up serves a run.
  for (let i = 1; i <= data.length; i++) {
    const label = data[start] as number;
    if (i < data.length && data[i] === label) continue;
    counts.set(label, (counts.get(label) ?? 0) + i - start);
    start = i;
  }
  const isKnown = (label: number): boolean =>
    label === ignoreIndex || (label >= 0 && label < classes.length);
  const unknown = [...counts].filter(([label]) => !isKnown(label));
  return {
    classes: classes.map((_, index) => counts.get(index) ?? 0),
    ignored: counts.get(ignoreIndex) ?? 0,
    unknown: new Map(unknown.map(([label, pixels]) => [String(label), pixels])),
  };
}
