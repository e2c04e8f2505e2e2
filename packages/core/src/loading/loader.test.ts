import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

import type { Dataset } from '../components/dataset.js';
import { silentLogger, type Logger } from '../components/logger.js';
import type { Loss } from '../components/loss.js';
import type { Sample } from '../components/sample.js';
import type { Transform } from '../components/transform.js';
import { loaderOptions, type LoaderInput } from '../config/loader-options.js';
import { DataError, ShapeError } from '../errors.js';
import { randomStream } from '../tensor/random-stream.js';
import type { Box } from '../tensor/box.js';
import { centerTarget, imagesFromSamples, targetFromSamples } from './batch.js';
import { Loader } from './loader.js';
import { threadCount } from './threads/thread-count.js';

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

interface Settings {
  readonly loss?: Loss;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly options?: LoaderInput;
  readonly logger?: Logger;
  readonly transforms?: readonly Transform[];
}

function loaderOf(
  samples: readonly Sample[],
  {
    loss = plainLoss,
    batchSize = 2,
    seed = 0,
    options = {},
    logger = silentLogger,
    transforms = [noise],
  }: Settings = {},
  dataset = datasetOf(samples),
) {
  return new Loader({
    dataset,
    transforms,
    loss,
    batchSize,
    random: randomStream(seed),
    options: loaderOptions.parse(options),
    logger,
    recipe: () => 'nobody wrote one',
    openDiskCache: () => Promise.reject(new Error('no disk')),
  });
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

/** A data set that counts what it loads, and cannot load some. */
function countingDataset(samples: readonly Sample[], broken: readonly number[] = []) {
  const loaded: number[] = [];
  const dataset: Dataset = {
    ...datasetOf(samples),
    nameOf: (index) => `sample ${String(index)}`,
    load: (index) => {
      loaded.push(index);
      return broken.includes(index)
        ? Promise.reject(new DataError(`${String(index)}.jpg: cut off`))
        : Promise.resolve(samples[index]!);
    },
  };
  return { dataset, loaded };
}

test('samples are loaded once while the cache has room, and every time without one', async () => {
  const twice = async (options: LoaderInput) => {
    const { dataset, loaded } = countingDataset(seven);
    const loader = loaderOf(seven, { options, batchSize: 7 }, dataset);
    const epochs = [await loader.batch(1, 0), await loader.batch(2, 0)].map(pixelsOf);
    return { epochs, loads: loaded.length };
  };
  const kept = await twice({});
  const none = await twice({ cache: false });
  // A packed sample has 6 pixels of one byte and 6 labels of one byte: room for two of seven.
  const partly = await twice({ cacheMegabytes: 24 / 2 ** 20 });
  expect([kept, none, partly].map(({ loads }) => loads)).toEqual([7, 14, 12]);
  expect(none.epochs).toEqual(kept.epochs);
  expect(partly.epochs).toEqual(kept.epochs);
});

test('batches are made ahead while one is used, never beyond the run, and no more than told', async () => {
  const { dataset, loaded } = countingDataset(seven);
  const loader = loaderOf(seven, { options: { prefetch: 2, cache: false } }, dataset);
  await loader.batch(1, 0);
  expect(loaded).toHaveLength(2);
  // Seven samples in batches of two: an epoch has four batches, the run six.
  await loader.open(6);
  await loader.batch(1, 1);
  expect(loaded).toHaveLength(7);
  const ahead = pixelsOf(await loader.batch(1, 2));
  // The fourth batch, of one sample, was begun before, and now the first of the next epoch.
  expect(loaded).toHaveLength(9);
  expect(ahead).toEqual(pixelsOf(await loaderOf(seven).batch(1, 2)));
  await loader.batch(2, 1);
  expect(loaded).toHaveLength(11);
  await loader.close();
  await loader.batch(2, 0);
  expect(loaded).toHaveLength(13);
});

test('a sample that cannot be loaded is an error, also when it was made ahead', async () => {
  const { dataset } = countingDataset(seven, [3]);
  const loader = loaderOf(seven, { batchSize: 1 }, dataset);
  await loader.open(7);
  const results = [];
  for (let position = 0; position < 7; position++) {
    results.push(await loader.batch(1, position).then(pixelsOf, String));
  }
  expect(results.filter((result) => result === 'DataError: 3.jpg: cut off')).toHaveLength(1);
});

test('or it is skipped: counted once, warned of once, the next one in its place', async () => {
  const { dataset } = countingDataset(seven, [3, 4]);
  const loader = loaderOf(seven, { batchSize: 7, options: { onError: 'skip' } }, dataset);
  const idsOf = (samples: readonly Sample[]) => samples.map(({ id }) => id).sort();
  const expected = [0, 1, 2, 5, 5, 5, 6].map((index) => `sample ${String(index)}`);
  expect(idsOf(await loader.batch(1, 0))).toEqual(expected);
  const again = loaderOf(
    seven,
    { batchSize: 7, options: { onError: 'skip', cache: false } },
    dataset,
  );
  expect(pixelsOf(await again.batch(2, 0))).toEqual(pixelsOf(await loader.batch(2, 0)));
  expect(loader.skippedSamples).toBe(2);
  expect([...loader.takeWarnings()].sort()).toEqual([
    'loader: skipped "sample 3", and the next sample stands in its place (3.jpg: cut off)',
    'loader: skipped "sample 4", and the next sample stands in its place (4.jpg: cut off)',
  ]);
  expect(loader.takeWarnings()).toEqual([]);
});

test('a data set of which nothing can be loaded is an error, whatever the policy', async () => {
  const { dataset } = countingDataset(seven.slice(0, 2), [0, 1]);
  const loader = loaderOf(seven, { options: { onError: 'skip' } }, dataset);
  await expect(loader.batch(1, 0)).rejects.toThrow(
    /none of the 2 samples can be loaded; the last one: \d\.jpg: cut off/,
  );
});

test('where threads cannot make batches the log says why, and the main thread does', async () => {
  const said: string[] = [];
  const logger = { info: () => undefined, warn: (message: string) => void said.push(message) };
  const loader = loaderOf(seven, { options: { workers: 2 }, logger });
  await loader.open(4);
  expect(loader.threads).toBe(0);
  expect(said).toEqual([
    'loader: batches are prepared in the main thread: nobody wrote one; or set loader.workers to 0.',
  ]);
  expect(await loader.batch(1, 0)).toHaveLength(2);
});

test('threads are half of the cores, up to four, and none for what takes a few seconds', () => {
  const counts = [1, 2, 3, 4, 16].map((cores) => threadCount('auto', 60, cores));
  expect(counts).toEqual([0, 1, 1, 2, 4]);
  expect([0.5, 1.5].map((seconds) => threadCount('auto', seconds, 16))).toEqual([0, 4]);
  expect(threadCount(3, 0, 1)).toBe(3);
});

/** Cuts one column out. */
const oneColumn: Transform = {
  region: ({ height, width }, random) => ({
    top: 0,
    left: random.integer(width),
    height,
    width: 1,
  }),
  apply: (sample, random) => cut(sample, oneColumn.region!(sample.image, random)),
};

function cut(sample: Sample, { left, height }: Box): Sample {
  const column = <T extends Float32Array | Int32Array>({
    width,
    data,
  }: {
    width: number;
    data: T;
  }) => ({ height, width: 1, channels: 1, data: data.filter((_, i) => i % width === left) as T });
  return { ...sample, image: column(sample.image), labels: column(sample.labels!) };
}

test('of a large sample only what the first transform cuts out is loaded, unless the loss weighs whole images', async () => {
  const samples = seven.map(({ labels, image, ...rest }) => ({
    ...rest,
    labels: { ...labels!, data: labels!.data.map((_, i) => i) },
    image: { ...image, data: image.data.map((value, i) => value + i) },
  }));
  const { dataset, loaded } = countingDataset(samples);
  const regions: number[] = [];
  const large: Dataset = {
    ...dataset,
    // Sample 2 is a small one.
    largeSize: (index) => Promise.resolve(index === 2 ? undefined : samples[index]!.image),
    loadRegion: (index, box) => {
      regions.push(index);
      return Promise.resolve(cut(samples[index]!, box));
    },
  };
  const settings = { batchSize: 7, transforms: [oneColumn, noise] };
  const whole = await loaderOf(samples, settings, dataset).batch(1, 0);
  loaded.length = 0;
  const loader = loaderOf(samples, settings, large);
  expect(await loader.batch(1, 0)).toEqual(whole);
  expect(loaded).toEqual([2]);
  await loader.batch(2, 0);
  expect(regions).toHaveLength(12);
  // The small one is kept whole, and of what is kept only the crop is unpacked.
  const [again, fresh] = [loader, loaderOf(samples, { ...settings, options: { cache: false } })];
  expect(await again.batch(3, 0)).toEqual(await fresh.batch(3, 0));
  const kept = loaderOf(samples, settings);
  await kept.batch(1, 0);
  expect(await kept.batch(3, 0)).toEqual(await fresh.batch(3, 0));
  const loss: Loss = {
    ...plainLoss,
    weightMap: (labels) => ({ ...labels, data: new Float32Array(6) }),
  };
  await loaderOf(samples, { ...settings, loss, transforms: [oneColumn] }, large).batch(1, 0);
  expect(regions).toHaveLength(18);
});

test('a sample that is not kept is moved before it is converted', async () => {
  const samples = seven.map(({ labels, image, ...rest }) => ({
    ...rest,
    labels: { ...labels!, data: labels!.data.map((_, i) => i) },
    image: { ...image, data: image.data.map((value, i) => (value + i) / 4) },
  }));
  const { dataset, loaded } = countingDataset(samples);
  const decoded: number[] = [];
  const converted: number[] = [];
  // Files hold four times the image, and labels as letters.
  const both: Dataset = {
    ...dataset,
    decode: (index) => {
      decoded.push(index);
      const { id, image, labels } = samples[index]!;
      if (index === 3) return Promise.reject(new DataError('3 is damaged'));
      const stored = {
        id,
        image: { ...image, data: Uint8Array.from(image.data, (value) => 4 * value) },
        labels: { ...labels, data: Uint16Array.from(labels.data, (label) => 97 + label) },
      };
      return Promise.resolve({
        stored,
        convert: (moved) => {
          converted.push(moved.image.data.length);
          return {
            id,
            image: { ...moved.image, data: Float32Array.from(moved.image.data, (k) => k / 4) },
            labels: { ...moved.labels!, data: Int32Array.from(moved.labels!.data, (k) => k - 97) },
          };
        },
      });
    },
  };
  const settings = { batchSize: 7, transforms: [{ ...oneColumn, moves: true }, noise] };
  const uncached = { ...settings, options: { cache: false, onError: 'skip' } } as const;
  const expected = await loaderOf(samples, uncached, {
    ...dataset,
    load: (index) => (index === 3 ? Promise.reject(new DataError('')) : dataset.load(index)),
  }).batch(1, 0);
  loaded.length = 0;
  expect(await loaderOf(samples, uncached, both).batch(1, 0)).toEqual(expected);
  expect(loaded).toEqual([]);
  // 3 is tried once, and 4 stands in for it; a column has two pixels.
  expect([...decoded].sort()).toEqual([0, 1, 2, 3, 4, 4, 5, 6]);
  expect(converted).toEqual([2, 2, 2, 2, 2, 2, 2]);
  // What changes numbers, or comes after it, gets them.
  const late = { ...uncached, transforms: [noise, { ...oneColumn, moves: true }] };
  converted.length = 0;
  await loaderOf(samples, late, both).batch(1, 0);
  expect(converted).toEqual([6, 6, 6, 6, 6, 6, 6]);
  // What is kept or gets a weight map is loaded whole.
  decoded.length = 0;
  const loss: Loss = { ...plainLoss, weightMap: (map) => ({ ...map, data: new Float32Array(6) }) };
  await loaderOf(samples, settings, both).batch(1, 0);
  await loaderOf(samples, { ...uncached, loss }, both).batch(1, 0);
  expect(loaded).toHaveLength(14);
  expect(decoded).toEqual([]);
});

test('a crop that does not fit is no damaged file: it ends the run', async () => {
  const dataset: Dataset = {
    ...datasetOf(seven),
    decode: (index) => Promise.resolve({ stored: seven[index]!, convert: () => seven[index]! }),
  };
  const tooLarge: Transform = {
    moves: true,
    apply: ({ id }) => {
      throw new DataError(`too large for ${id}`);
    },
  };
  const settings = { transforms: [tooLarge], options: { cache: false, onError: 'skip' } } as const;
  await expect(loaderOf(seven, settings, dataset).batch(1, 0)).rejects.toThrow(
    /too large for sample \d/,
  );
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
