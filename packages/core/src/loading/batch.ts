import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

import type { Target } from '../components/loss.js';
import type { Sample } from '../components/sample.js';
import { DataError, ShapeError } from '../errors.js';
import type { PixelArray, Raster } from '../tensor/raster.js';
import { formatSize, sameSize, type Size } from '../tensor/size.js';

/**
 * Checks that samples can be stacked into one batch.
 * @throws ShapeError if sizes or channels differ; DataError if only some have labels, weights or targets.
 */
export function expectStackable(samples: readonly Sample[]): void {
  const [first] = samples;
  if (first === undefined) throw new DataError('batch: a batch needs at least one sample.');
  for (const sample of samples) {
    if (!sameSize(sample.image, first.image) || sample.image.channels !== first.image.channels) {
      throw new ShapeError(
        `batch: "${first.id}" is ${formatSize(first.image)} with ${String(first.image.channels)} channels, ` +
          `"${sample.id}" is ${formatSize(sample.image)} with ${String(sample.image.channels)}; ` +
          'bring them to one size with "random-crop" or "resize", or set train.batchSize to 1.',
      );
    }
    for (const part of ['labels', 'weights', 'target'] as const) {
      if ((sample[part] === undefined) !== (first[part] === undefined)) {
        throw new DataError(
          `batch: one of "${first.id}" and "${sample.id}" has ${part}, the other has not.`,
        );
      }
    }
  }
}

/** Joins the pixels of equal rasters, one after another. */
function stack<T extends PixelArray>(
  rasters: readonly Raster<T>[],
  empty: (length: number) => T,
): T {
  const [first] = rasters;
  if (rasters.length === 1 && first !== undefined) return first.data;
  const joined = empty(rasters.reduce((sum, { data }) => sum + data.length, 0));
  let offset = 0;
  for (const { data } of rasters) {
    joined.set(data, offset);
    offset += data.length;
  }
  return joined;
}

function present<T>(values: readonly (T | undefined)[]): T[] | undefined {
  const found = values.filter((value) => value !== undefined);
  return found.length === values.length ? found : undefined;
}

/** `[batch, height, width, channels]` float32 of equally sized samples; the caller disposes it. */
export function imagesFromSamples(samples: readonly Sample[]): Tensor4D {
  expectStackable(samples);
  const { height, width, channels } = (samples[0] as Sample).image;
  const pixels = stack(
    samples.map(({ image }) => image),
    (length) => new Float32Array(length),
  );
  return tf.tensor4d(pixels, [samples.length, height, width, channels]);
}

/** Labels, weights and target images of equally sized samples; the caller disposes the tensors. */
export function targetFromSamples(samples: readonly Sample[]): Target {
  const labels = present(samples.map((sample) => sample.labels));
  const weights = present(samples.map((sample) => sample.weights));
  const images = present(samples.map((sample) => sample.target));
  const shape = ({ height, width }: Size): [number, number, number] => [
    samples.length,
    height,
    width,
  ];
  const floats = (length: number): Float32Array => new Float32Array(length);
  const target: { -readonly [Key in keyof Target]: Target[Key] } = {};
  if (labels?.[0] !== undefined) {
    const data = stack(labels, (length) => new Int32Array(length));
    target.labels = tf.tensor3d(data, shape(labels[0]), 'int32');
  }
  if (weights?.[0] !== undefined) {
    target.weights = tf.tensor3d(stack(weights, floats), shape(weights[0]));
  }
  if (images?.[0] !== undefined) {
    const { channels } = images[0];
    target.image = tf.tensor4d(stack(images, floats), [...shape(images[0]), channels]);
  }
  return target;
}

/** The middle of labels, weights and target image, for logits that cover the image's middle only. */
export function centerTarget(target: Target, { height, width }: Size): Target {
  const middle = <T extends tf.Tensor>(tensor: T): T => {
    const [batch, fullHeight, fullWidth, ...rest] = tensor.shape as [number, number, number];
    if (fullHeight === height && fullWidth === width) return tensor;
    const begin = [0, Math.floor((fullHeight - height) / 2), Math.floor((fullWidth - width) / 2)];
    const more = rest as number[];
    return tf.slice(tensor, [...begin, ...more.map(() => 0)], [batch, height, width, ...more]);
  };
  return {
    ...(target.labels && { labels: middle(target.labels) }),
    ...(target.weights && { weights: middle(target.weights) }),
    ...(target.image && { image: middle(target.image) }),
  };
}
