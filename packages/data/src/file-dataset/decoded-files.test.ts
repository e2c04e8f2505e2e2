// Pixels are moved before or after they are converted with the same result, whatever files hold and options make of it.
import { DataError, parseLabels, randomStream, type Sample } from '@segkit/core';
import { expect, test } from 'vitest';

import { indexCoding, instanceCoding, valueCoding } from '../masks/mask-coding.js';
import type { NumericPixels } from '../reading/decode-pixels.js';
import { transforms } from '../index.js';
import { makeTransform } from '../make-component.test-support.js';
import {
  decodedFiles,
  loadedWhole,
  type ConvertOptions,
  type DecodedFiles,
} from './decoded-files.js';

const height = 7;
const width = 5;
const random = randomStream(3);

/** Options of transforms that need some. */
const needs: Readonly<Record<string, object>> = {
  'random-crop': { height: 3, width: 2 },
  'center-crop': { height: 4, width: 3 },
  'random-resized-crop': { size: 4 },
  'class-balanced-crop': { size: 1 },
  'one-of': { choices: [{ transforms: [] }] },
  normalize: { mean: 0.5, std: 0.5 },
  resize: { size: 3 },
  'mirror-pad': { margin: 3 },
};
const labels = parseLabels({ classes: ['background', 'cell'] });

/** Random numbers below a limit. */
function pixels<T extends Uint8Array | Uint16Array | Float32Array>(
  data: T,
  channels: number,
  limit: number,
): NumericPixels & { readonly data: T } {
  const whole = !(data instanceof Float32Array);
  for (let i = 0; i < data.length; i++) data[i] = whole ? random.integer(limit) : random.uniform();
  return { height, width, channels, data, whole };
}

const size = height * width;
const images = {
  'gray of 8 bits': pixels(new Uint8Array(size), 1, 256),
  'colours of 8 bits': pixels(new Uint8Array(3 * size), 3, 256),
  'gray of 16 bits': pixels(new Uint16Array(size), 1, 65536),
  'colours of 16 bits': pixels(new Uint16Array(3 * size), 3, 65536),
  floats: pixels(new Float32Array(size), 1, 1),
};
const options: readonly Omit<ConvertOptions, 'coding'>[] = [
  {},
  { channels: 1 },
  { channels: 3 },
  { valueRange: [0.25, 200] },
];
const moving = transforms
  .map((plugin) => ({
    name: plugin.name,
    transform: makeTransform(plugin, needs[plugin.name] ?? {}),
  }))
  .filter(({ transform }) => transform.moves === true);

/** Transforms that say that they only move pixels do so. */
function expectMoves(decoded: DecodedFiles): Sample {
  const { sample } = loadedWhole(decoded);
  for (const { name, transform } of moving) {
    for (let seed = 0; seed < 4; seed++) {
      const before = transform.apply(decoded.stored as Sample, randomStream(seed));
      const { restore: _, ...after } = transform.apply(sample, randomStream(seed));
      expect(decoded.convert(before), name).toEqual(after);
    }
  }
  return sample;
}

test('there are transforms that only move pixels', () => {
  expect(moving.map(({ name }) => name).sort()).toEqual([
    'center-crop',
    'flip',
    'random-crop',
    'rotate90',
  ]);
});

test.each(Object.entries(images))('images: %s', (_, image) => {
  for (const given of options) {
    const target = { path: 'target', pixels: image };
    const parts = { id: 'a', image: { path: 'image', pixels: image }, target };
    const decoded = decodedFiles(parts, { ...given, coding: valueCoding(labels) });
    expect(expectMoves(decoded).image.channels).toBe(decoded.channels);
    expect(decoded.counts().size).toBe(0);
  }
});

test('masks: values, ids of objects, gray in three channels', () => {
  const image = { path: 'image', pixels: images['gray of 8 bits'] };
  const two = pixels(new Uint8Array(size), 1, 2);
  const ids = pixels(new Uint16Array(size), 1, 1000);
  const thrice = {
    ...two,
    channels: 3,
    data: Uint8Array.from({ length: 3 * size }, (_, i) => two.data[Math.floor(i / 3)]!),
  };
  for (const [mask, coding] of [
    [two, valueCoding(labels)],
    [thrice, indexCoding(labels)],
    [ids, instanceCoding(labels)],
  ] as const) {
    const decoded = decodedFiles({ id: 'a', image, mask: { path: 'm', pixels: mask } }, { coding });
    expect(expectMoves(decoded).instances === undefined).toBe(mask !== ids);
    // Pixels are counted on the whole mask.
    const count = [...decoded.counts().values()].reduce((a, b) => a + b, 0);
    expect(count).toBe(size);
  }
});

test('what is wrong is found before anything is asked for', () => {
  const image = { path: 'image', pixels: images['gray of 8 bits'] };
  const coding = valueCoding(labels);
  const open = (parts: object) => () => decodedFiles({ id: 'a', image, ...parts }, { coding });
  const narrow = { ...images['gray of 8 bits'], width: 1 };
  expect(open({ mask: { path: 'mask', pixels: narrow } })).toThrow(/mask: expected 7x5/);
  const colors = { path: 'rgb', pixels: images['colours of 8 bits'] };
  expect(open({ mask: colors })).toThrow(/rgb: expected a gray or palette mask/);
  expect(open({ target: colors })).toThrow(/rgb: expected 1 channels as its image image, found 3/);
  const wide = { ...images.floats, data: images.floats.data.map((value) => 2 + value) };
  expect(open({ image: { path: 'wide', pixels: wide } })).toThrow(/wide: .*set valueRange/);
  expect(open({ mask: colors })).toThrow(DataError);
});
