import { ConfusionMatrix, type Raster, ShapeError } from '@segkit/core';
import { describe, expect, it } from 'vitest';

import { captioned } from './captioned.js';
import { confusionPicture } from './confusion-picture.js';
import { drawText, textSize } from './draw-text.js';
import { errorMap } from './error-map.js';

const white = (height: number, width: number): Raster<Uint8Array> => ({
  height,
  width,
  channels: 3,
  data: new Uint8Array(3 * height * width).fill(255),
});

/** Rows of '#' for black and '.' for white. */
const ink = ({ height, width, data }: Raster<Uint8Array>): string[] =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => (data[3 * (y * width + x)] === 0 ? '#' : '.')).join(
      '',
    ),
  );

const pixel = ({ width, data }: Raster<Uint8Array>, y: number, x: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe('drawText', () => {
  it('draws letters, vertical ones from the bottom', () => {
    const image = white(7, 11);
    drawText(image, 'T1', { x: 0, y: 0 });
    expect(ink(image)).toEqual([
      '#####...#..',
      '..#....##..',
      '..#.....#..',
      '..#.....#..',
      '..#.....#..',
      '..#.....#..',
      '..#....###.',
    ]);
    const turned = white(5, 7);
    drawText(turned, 'T', { x: 0, y: 4, vertical: true });
    expect(ink(turned)).toEqual(['#......', '#......', '#######', '#......', '#......']);
  });

  it('scales, cuts off what lies outside, drops accents, and boxes what it lacks', () => {
    expect(textSize('ab', 3)).toEqual({ height: 21, width: 33 });
    const [accent, plain, box] = [white(7, 5), white(7, 5), white(7, 5)];
    drawText(accent, 'é', { x: 0, y: 0 });
    drawText(plain, 'e', { x: 0, y: 0 });
    drawText(box, '细', { x: 0, y: 0 });
    expect(ink(accent)).toEqual(ink(plain));
    expect(ink(box)[1]).toBe('#...#');
    const small = white(3, 3);
    drawText(small, 'MMM', { x: -4, y: -2, scale: 2 });
    expect(ink(small).join('')).toContain('#');
  });
});

describe('confusionPicture', () => {
  const confusion = new ConfusionMatrix(2);
  confusion.counts.set([3, 1, 0, 0]);
  const classes = [{ name: 'T' }, { name: 'a very long name that does not end here' }];

  it('is as dark as a share is large, and gray where a class is not in the truth', () => {
    const picture = confusionPicture(confusion, classes);
    // The longer name is cut to 24 letters of 12 pixels, less the last gap of 2.
    const longest = 24 * 12 - 2;
    const [left, top] = [longest + 12, longest + 14 + 18];
    expect(picture).toMatchObject({ height: top + 2 * 72 + 6 });
    // Three quarters of the way from white to (7, 54, 110), and a quarter to (178, 24, 43).
    expect(pixel(picture, top + 1, left + 1)).toEqual([69, 104, 146]);
    expect(pixel(picture, top + 1, left + 73)).toEqual([236, 197, 202]);
    expect(pixel(picture, top + 73, left + 1)).toEqual([225, 225, 225]);
  });

  it('draws small cells for many classes', () => {
    const many = Array.from({ length: 40 }, (_, k) => ({ name: String(k) }));
    const { height } = confusionPicture(new ConfusionMatrix(40), many);
    // Names of two letters are 11 pixels long, the title 7 high; four gaps of 6 and 40 cells of 12.
    expect(height).toBe(11 + 7 + 4 * 6 + 40 * 12);
  });
});

describe('errorMap', () => {
  const image = { height: 1, width: 3, channels: 1, data: Float32Array.of(0, 1, 0.5) };
  const raster = (...data: number[]) => ({ ...image, data: Int32Array.from(data) });

  it('shows wrong pixels red, ignored ones blue and the rest pale', () => {
    const labels = { truth: raster(0, 1, 255), prediction: raster(0, 0, 1) };
    const map = errorMap(image, labels, 255);
    // 0.4 + 0.6 * 0, as a byte.
    expect(pixel(map, 0, 0)).toEqual([102, 102, 102]);
    expect(pixel(map, 0, 1)).toEqual([220, 50, 47]);
    expect(pixel(map, 0, 2)).toEqual([38, 60, 130]);
  });

  it('refuses labels of another size', () => {
    const labels = { truth: raster(0, 1, 0), prediction: { ...raster(0, 1), width: 2 } };
    expect(() => errorMap(image, labels, 255)).toThrow(ShapeError);
  });
});

it('captioned puts a line of text above', () => {
  const image = { ...white(3, 20), data: new Uint8Array(3 * 3 * 20).fill(9) };
  const sheet = captioned(image, 'T');
  expect(sheet).toMatchObject({ height: 3 + 7 + 4, width: 20 });
  expect(ink(sheet)[4]).toBe('....#####...........');
  expect(pixel(sheet, 11, 0)).toEqual([9, 9, 9]);
});
