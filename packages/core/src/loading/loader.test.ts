import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import type { Dataset } from '../components/dataset.js';
import type { Loss } from '../components/loss.js';
import type { Sample } from '../components/sample.js';
import type { Transform } from '../components/transform.js';
import { DataError, ShapeError } from '../errors.js';
import { randomStream } from '../tensor/random-stream.js';
import { centerTarget, imagesFromSamples, targetFromSamples } from './batch.js';
import { Loader } from './loader.js';

/** A sample whose every pixel is its index. */
function sampleOf(index: number, width = 3): Sample {
  const raster = { height: 2, width, channels: 1 };
  const data = new Float32Array(2 * width).fill(index);
  const labels = new Int32Array(2 * width).fill(index % 2);
  return {
    id: `sample ${String(index)}`,
    image: { ...raster, data },
    labels: { ...raster, data: labels },
  };
}

function datasetOf(samples: readonly Sample[]): Dataset {
  return {
    length: samples.length,
    channels: 1,
    prepare: () => Promise.resolve(),
    load: (index) => Promise.resolve(samples[index]!),
  };
}

const plainLoss: Loss = {
  activation: 'softmax',
  outChannels: (classes) => classes,
  forward: () => tf.scalar(0),
};

/** Adds noise, so that what a transform draws shows in the image. */
const noise: Transform = {
  apply: (sample, random) => ({
    ...sample,
    image: { ...sample.image, data: sample.image.data.map((value) => value + random.uniform()) },
  }),
};

function loaderOf(samples: readonly Sample[], { loss = plainLoss, batchSize = 2, seed = 0 } = {}) {
  const random = randomStream(seed);
  return new Loader({ dataset: datasetOf(samples), transforms: [noise], loss, batchSize, random });
}

const seven = Array.from({ length: 7 }, (_, index) => sampleOf(index));
const pixelsOf = (samples: readonly Sample[]) => samples.map(({ image }) => image.data[0]);

test('an epoch delivers every sample once, the last batch being smaller', async () => {
  const loader = loaderOf(seven);
  expect(loader.batchesPerEpoch).toBe(4);
  const batches = await Promise.all([0, 1, 2, 3].map((position) => loader.batch(1, position)));
  expect(batches.map((batch) => batch.length)).toEqual([2, 2, 2, 1]);
  const ids = batches.flat().map(({ id }) => id);
  expect([...ids].sort()).toEqual(seven.map(({ id }) => id));
});

test('batches depend on seed, epoch and position alone, not on what was loaded before', async () => {
  const loader = loaderOf(seven);
  const late = pixelsOf(await loader.batch(3, 1));
  expect(pixelsOf(await loaderOf(seven).batch(3, 1))).toEqual(late);
  expect(pixelsOf(await loader.batch(2, 1))).not.toEqual(late);
  expect(pixelsOf(await loaderOf(seven, { seed: 1 }).batch(3, 1))).not.toEqual(late);
});

test('a weight map is made once per image, before the transforms', async () => {
  const seen: number[] = [];
  const loss: Loss = {
    ...plainLoss,
    weightMap: (labels) => {
      seen.push(labels.data[0]!);
      return { ...labels, data: Float32Array.from(labels.data, (label) => 1 + label) };
    },
  };
  const loader = loaderOf(seven.slice(0, 2), { loss });
  const [first] = [await loader.batch(1, 0), await loader.batch(2, 0)];
  expect(seen.sort()).toEqual([0, 1]);
  for (const { labels, weights } of first) expect(weights?.data[0]).toBe(1 + labels!.data[0]!);
});

test('samples of different sizes do not stack', async () => {
  const loader = loaderOf([sampleOf(0), sampleOf(1, 4)]);
  await expect(loader.batch(1, 0)).rejects.toThrow(ShapeError);
  await expect(loader.batch(1, 0)).rejects.toThrow(
    /"sample \d" is 2x\d with 1 channels.*"random-crop"/,
  );
});

test('samples with and without labels do not stack', () => {
  const { labels: _, ...unlabelled } = sampleOf(1);
  expect(() => imagesFromSamples([sampleOf(0), unlabelled])).toThrow(DataError);
  expect(() => imagesFromSamples([])).toThrow(DataError);
});

test('tensors hold the samples in order; the middle of a target is cut around its centre', () => {
  tf.tidy(() => {
    const samples = [sampleOf(0), sampleOf(1)];
    expect(imagesFromSamples(samples).shape).toEqual([2, 2, 3, 1]);
    const target = targetFromSamples(samples);
    expect(target.labels?.dtype).toBe('int32');
    expect([...target.labels!.dataSync()]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    // Five wide, one wanted: two are cut on either side.
    const ramp = { labels: tf.tensor3d([0, 1, 2, 3, 4], [1, 1, 5], 'int32') };
    expect([...centerTarget(ramp, { height: 1, width: 1 }).labels!.dataSync()]).toEqual([2]);
  });
});
