import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ShapeError, type Raster } from '@segkit/core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { maskColors } from '../reading/mask-codes.js';
import { readImage } from '../reading/read-image.js';
import { readMask } from '../reading/read-mask.js';
import { imageGrid } from './image-grid.js';
import { labelSheet } from './label-sheet.js';
import { colorize, overlay } from './overlay.js';
import { writeLabelPng } from './write-label-png.js';
import { encodePng, writePng } from './write-png.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segkit-output-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const schema = {
  classes: [
    { name: 'a', color: [0, 0, 0], values: [0] },
    { name: 'b', color: [200, 100, 0], values: [1] },
  ],
  ignoreIndex: -1,
} as const;
const { classes } = schema;

const image: Raster<Float32Array> = {
  height: 1,
  width: 3,
  channels: 1,
  data: Float32Array.of(0, 0.4, 1),
};
const labels: Raster<Int32Array> = { ...image, data: Int32Array.of(0, 1, -1) };

test('images written are read back, and nothing else is left in the folder', async () => {
  const path = join(folder, 'deep', 'image.png');
  await writePng(path, image);
  await writePng(path, image);
  expect(await readdir(join(folder, 'deep'))).toEqual(['image.png']);
  expect((await readImage(path)).data).toBeAllClose(image.data);
  const wide = { height: 1, width: 2, channels: 3, data: Uint16Array.of(0, 1, 2, 3, 60000, 65535) };
  await writePng(path, wide);
  expect((await readMask(path)).data).toEqual(wide.data);
});

test('values outside [0, 1] are cut off, and NaN is black', async () => {
  const odd = { ...image, data: Float32Array.of(-1, 2, Number.NaN) };
  const raw = await sharp(await encodePng(odd))
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  expect([...raw]).toEqual([0, 255, 0]);
});

test('labels written as palette PNG read back as indices and as colours', async () => {
  const path = join(folder, 'labels.png');
  await writeLabelPng(path, labels, schema);
  const mask = await readMask(path);
  expect([...mask.data]).toEqual([0, 1, 255]);
  expect([...maskColors(path, mask).data]).toEqual([0, 0xc86400, 0xe0e0c0]);
  const shown = await sharp(path).raw().toBuffer();
  expect([...shown]).toEqual([0, 0, 0, 200, 100, 0, 224, 224, 192]);
});

test('a class with an id of its own is written with it', async () => {
  const path = join(folder, 'ids.png');
  const [background, cell] = classes;
  await writeLabelPng(path, labels, { ...schema, classes: [{ ...background, id: 7 }, cell] });
  const mask = await readMask(path);
  expect([...mask.data]).toEqual([7, 1, 255]);
  expect([...maskColors(path, mask).data]).toEqual([0, 0xc86400, 0xe0e0c0]);
  const border = { ...schema, classes: [background, { ...cell, id: 255 }] };
  await expect(writeLabelPng(path, labels, border)).rejects.toThrow(/no ignored pixels.*id 255/);
});

test('labels of no class, and too many channels, are errors', async () => {
  const path = join(folder, 'wrong.png');
  const odd = { ...labels, data: Int32Array.of(0, 2, 0) };
  await expect(writeLabelPng(path, odd, schema)).rejects.toThrow(
    /0\.\.1 or ignoreIndex -1, received 2/,
  );
  const two = { ...image, channels: 2, data: new Float32Array(6) };
  await expect(writePng(path, two)).rejects.toThrow(ShapeError);
  expect(await readdir(folder)).not.toContain('wrong.png');
});

test('a write that fails leaves nothing behind', async () => {
  const path = join(folder, 'taken');
  await mkdir(join(path, 'inside'), { recursive: true });
  await expect(writePng(path, image)).rejects.toThrow();
  expect((await readdir(folder)).filter((name) => name.startsWith('taken'))).toEqual(['taken']);
});

test('an overlay tints classes but not class 0 or ignored pixels', () => {
  // 0.4 is 102: halfway to (200, 100, 0) is (151, 101, 51).
  expect([...overlay(image, labels, classes).data]).toEqual([0, 0, 0, 151, 101, 51, 255, 255, 255]);
  // A quarter of the way from white to black is 191.25.
  const white = { ...image, data: Float32Array.of(1, 1, 1) };
  const all = overlay(white, labels, classes, { opacity: 0.25, clear: null });
  expect([...all.data.subarray(0, 3)]).toEqual([191, 191, 191]);
  const small = { ...labels, width: 1, data: Int32Array.of(0) };
  expect(() => overlay(image, small, classes)).toThrow(/image's size 1x3, received 1x1/);
});

test('colours of labels, gray where ignored', () => {
  expect([...colorize(labels, classes).data]).toEqual([0, 0, 0, 200, 100, 0, 128, 128, 128]);
});

test('a grid puts images side by side with gaps, enlarged by whole factors', () => {
  const pixel = (value: number): Raster<Uint8Array> => ({
    height: 1,
    width: 1,
    channels: 3,
    data: Uint8Array.of(value, value, value),
  });
  const grid = imageGrid([[pixel(1), pixel(2)], [pixel(3)]], { gap: 1, minimumSide: 2 });
  const w = 255;
  const red = grid.data.filter((_, index) => index % 3 === 0);
  // Two columns and two rows of 2x2 tiles with a line of white around each: 7x7.
  expect(grid).toMatchObject({ height: 7, width: 7, channels: 3 });
  expect([...red]).toEqual(
    [
      [w, w, w, w, w, w, w],
      [w, 1, 1, w, 2, 2, w],
      [w, 1, 1, w, 2, 2, w],
      [w, w, w, w, w, w, w],
      [w, 3, 3, w, w, w, w],
      [w, 3, 3, w, w, w, w],
      [w, w, w, w, w, w, w],
    ].flat(),
  );
});

test('a sheet shows image, truth and prediction', () => {
  const rows = [
    { image, truth: labels, prediction: labels },
    { image, prediction: labels },
  ];
  const sheet = labelSheet(rows, classes, { gap: 0, minimumSide: 1 });
  expect(sheet).toMatchObject({ height: 2, width: 9, channels: 3 });
  const shown = [0, 0, 0, 102, 102, 102, 255, 255, 255];
  const colors = [0, 0, 0, 200, 100, 0, 128, 128, 128];
  expect([...sheet.data.subarray(0, 27)]).toEqual([...shown, ...colors, ...colors]);
  expect([...sheet.data.subarray(27, 45)]).toEqual([...shown, ...colors]);
  const laid = labelSheet(rows, classes, { gap: 0, minimumSide: 1, opacity: 0.5 });
  expect([...laid.data.subarray(9, 18)]).toEqual([0, 0, 0, 151, 101, 51, 255, 255, 255]);
});
