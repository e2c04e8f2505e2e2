// A part of a decoded sample is the part of the whole, whatever the files hold and the options make of it.
import { DataError, parseLabels, randomStream, type Box } from '@segkit/core';
import { expect, test } from 'vitest';

import { indexCoding, instanceCoding, valueCoding } from '../masks/mask-coding.js';
import type { NumericPixels } from '../reading/decode-pixels.js';
import { cropSample } from '../transforms/crop-sample.js';
import { decodedFiles, type ConvertOptions } from './decoded-files.js';

const height = 7;
const width = 5;
const random = randomStream(3);
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
const boxes: readonly Box[] = [
  { top: 0, left: 0, height, width },
  { top: 3, left: 1, height: 2, width: 4 },
  { top: height - 1, left: width - 1, height: 1, width: 1 },
];

test.each(Object.entries(images))('images: %s', (_, image) => {
  for (const given of options) {
    const target = { path: 'target', pixels: image };
    const parts = { id: 'a', image: { path: 'image', pixels: image }, target };
    const decoded = decodedFiles(parts, { ...given, coding: valueCoding(labels) });
    const whole = decoded.sample();
    expect(decoded.channels).toBe(whole.image.channels);
    expect(decoded.size).toEqual({ height, width });
    expect(decoded.counts().size).toBe(0);
    for (const box of boxes) expect(decoded.sample(box)).toEqual(cropSample(whole, box));
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
    const whole = decoded.sample();
    expect(whole.instances === undefined).toBe(mask !== ids);
    for (const box of boxes) expect(decoded.sample(box)).toEqual(cropSample(whole, box));
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
