import {
  ConfigError,
  createApp,
  DataError,
  silentLogger,
  type DatasetOptions,
  type Spec,
} from '@segkit/core';
import type * as tf from '@tensorflow/tfjs-core';
import { expect, expectTypeOf, test } from 'vitest';

import { labelsOf, makeDataset } from '../make-component.test-support.js';
import { inMemoryDataset, type MemorySample } from './in-memory.js';
import type { TensorLike } from './pixel-source.js';

const shape = { height: 1, width: 3, channels: 1 };
const image = { ...shape, data: Uint8Array.of(0, 51, 255) };
const mask = { ...shape, data: Uint8Array.of(0, 1, 255) };

async function load(samples: readonly MemorySample[], options: object = {}) {
  const dataset = makeDataset(inMemoryDataset('in-memory-x', samples), options);
  await dataset.prepare();
  return dataset.load(0);
}

test('rasters of bytes, 16 bits and floats; masks go by their values', async () => {
  const labels = labelsOf({ background: [0], cell: [7] });
  const plugin = inMemoryDataset('in-memory-x', [
    { id: 'bytes', image, mask: { ...shape, data: Int32Array.of(0, 7, 255) } },
    { image: { ...shape, data: Uint16Array.of(0, 13107, 65535) }, mask },
    { image: { ...shape, data: Float32Array.of(0, 0.2, 1) } },
  ]);
  const dataset = makeDataset(plugin, { range: [0, 1] }, { labels });
  await dataset.prepare();
  const bytes = await dataset.load(0);
  expect(bytes.id).toBe('bytes');
  expect(bytes.image.data).toBeAllClose([0, 0.2, 1]);
  expect([...(bytes.labels?.data ?? [])]).toEqual([0, 1, 255]);
  const all = makeDataset(plugin, { range: [1, 3] });
  await all.prepare();
  for (const index of [0, 1]) {
    const sample = await all.load(index);
    expect(sample.id).toBe(String(index + 1));
    expect(sample.image.data).toBeAllClose([0, 0.2, 1]);
  }
});

test('object ids, which make labels where there is no mask', async () => {
  const instances = { ...shape, data: Int32Array.of(0, 300, 2) };
  const alone = await load([{ image, instances }]);
  expect([...(alone.labels?.data ?? [])]).toEqual([0, 1, 1]);
  expect([...(alone.instances?.data ?? [])]).toEqual([0, 300, 2]);
  const both = await load([{ image, instances, mask }]);
  expect([...(both.labels?.data ?? [])]).toEqual([0, 1, 255]);
  expect([...(both.instances?.data ?? [])]).toEqual([0, 300, 2]);
});

test('tensors are read once, when the data set is prepared', async () => {
  expectTypeOf<tf.Tensor3D>().toExtend<TensorLike>();
  const data = { image: Float32Array.of(0, 0.5, 1), mask: Int32Array.of(1, 0, 0) };
  const tensor = (pixels: Float32Array | Int32Array, ...size: readonly number[]): TensorLike => ({
    shape: size,
    data: () => Promise.resolve(pixels),
  });
  const samples = () =>
    Promise.resolve([{ image: tensor(data.image, 1, 1, 3), mask: tensor(data.mask, 1, 1) }]);
  const dataset = makeDataset(inMemoryDataset('in-memory-x', samples), { allowOneClass: true });
  await expect(dataset.prepare()).rejects.toThrow(/1 x 1 x 1 numbers, received 3/);
  data.mask = Int32Array.of(1);
  await dataset.prepare();
  expect(dataset.channels).toBe(3);
  expect((await dataset.load(0)).image.data).toBeAllClose([0, 0.5, 1]);
});

test('targets of image-to-image tasks, and channels', async () => {
  const target = { ...shape, data: Uint8Array.of(255, 0, 0) };
  const sample = await load([{ image, target }], { channels: 3 });
  expect([...(sample.target?.data ?? [])]).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0]);
  expect(sample.image.channels).toBe(3);
});

test.each<[string, MemorySample, RegExp]>([
  ['sizes', { image, mask: { ...mask, width: 1, height: 3 } }, /mask of "0": expected 1x3/],
  ['numbers', { image: { ...image, width: 4 } }, /image of "0": expected 1 x 4 x 1 numbers/],
  ['sides', { image: { ...image, width: 1.5 } }, /height, width and channels of 1 or more/],
  [
    'floats',
    { image: { ...shape, data: Float32Array.of(0, 1, 9) } },
    /floats from 0 to 9; set valueR/,
  ],
  [
    'integers',
    { image: { ...shape, data: Int32Array.of(0, 1, 9) } },
    /received Int32Array; convert/,
  ],
  ['masks', { image, mask: { ...shape, data: Float32Array.of(0, 0.5, 1) } }, /received 0\.5/],
  ['values', { image, mask: { ...shape, data: Uint8Array.of(0, 1, 9) } }, /outside the classes: 9/],
  [
    'colours',
    { image, mask: { height: 1, width: 1, channels: 3, data: mask.data } },
    /one channel/,
  ],
])('%s that do not fit', async (_, sample, message) => {
  await expect(load([sample])).rejects.toBeInstanceOf(DataError);
  await expect(load([sample])).rejects.toThrow(message);
});

test('no samples, names that repeat, and a name that configs would not know', async () => {
  await expect(load([])).rejects.toThrow(/at least one sample, found none/);
  const same = { id: 'a', image, mask };
  await expect(load([same, same])).rejects.toThrow(/found a more than once/);
  expect(() => inMemoryDataset('cells' as 'in-memory-cells', [])).toThrow(ConfigError);
});

test('a config names it like any other', () => {
  expectTypeOf<'in-memory-cells'>().toExtend<Spec<'dataset'>>();
  expectTypeOf<keyof DatasetOptions>().extract<'in-memory'>().toBeNever();
  const { registry } = createApp({
    plugins: [inMemoryDataset('in-memory-cells', [{ image, mask }])],
    logger: silentLogger,
  });
  const spec = registry.spec('dataset').parse({ name: 'in-memory-cells', range: [0, 1] });
  expect(spec).toEqual({ name: 'in-memory-cells', range: [0, 1], allowOneClass: false });
});
