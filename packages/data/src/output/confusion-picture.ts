import type { ConfusionMatrix, LabelClass, Raster } from '@segkit/core';

import { drawText, textSize } from './draw-text.js';

/** More classes than this get small cells without numbers. */
const mostNumbered = 32;

/** Longer names are cut. */
const longestName = 24;

/** Pixels between cells and texts. */
const gap = 6;

type Color = readonly [number, number, number];
const full = { right: [7, 54, 110], wrong: [178, 24, 43] } as const satisfies Record<string, Color>;

interface Layout {
  /** Side of a cell. */
  readonly cell: number;
  readonly scale: number;
  /** Where the first cell starts, to the right and down. */
  readonly left: number;
  readonly top: number;
}

/**
 * Draws a confusion matrix: a row for each true class, a column for each predicted one, every cell with the share of the
 * row's pixels in percent and as dark as it is large; the diagonal is blue, errors are red. Rows of classes that are not
 * in the truth are gray.
 * @param classes - As many as the matrix has.
 * @returns RGB bytes.
 */
export function confusionPicture(
  confusion: ConfusionMatrix,
  classes: readonly Pick<LabelClass, 'name'>[],
): Raster<Uint8Array> {
  const numbered = classes.length <= mostNumbered;
  const names = classes.map(({ name }) => shortened(name));
  const scale = numbered ? 2 : 1;
  const cell = numbered ? 72 : 12;
  const title = 'rows: truth, columns: prediction, % of row';
  const longest = Math.max(...names.map((name) => textSize(name, scale).width));
  const left = longest + 2 * gap;
  const top = longest + textSize(title, scale).height + 3 * gap;
  const layout = { cell, scale, left, top };
  const height = top + classes.length * cell + gap;
  const width = Math.max(left + classes.length * cell, textSize(title, scale).width + gap) + gap;
  const data = new Uint8Array(3 * height * width).fill(255);
  const picture = { height, width, channels: 3, data };
  drawText(picture, title, { x: gap, y: gap, scale });
  names.forEach((name, k) => {
    const { height: letters, width: length } = textSize(name, scale);
    const middle = k * cell + Math.floor((cell - letters) / 2);
    drawText(picture, name, { x: left - gap - length, y: top + middle, scale });
    drawText(picture, name, { x: left + middle, y: top - gap, scale, vertical: true });
  });
  for (let truth = 0; truth < classes.length; truth++) {
    drawRow(picture, confusion, truth, layout, numbered);
  }
  return picture;
}

function shortened(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName - 2)}..`;
}

function drawRow(
  picture: Raster<Uint8Array>,
  confusion: ConfusionMatrix,
  truth: number,
  { cell, scale, left, top }: Layout,
  numbered: boolean,
): void {
  const counts = Array.from({ length: confusion.classes }, (_, k) => confusion.count(truth, k));
  const total = counts.reduce((sum, count) => sum + count, 0);
  counts.forEach((count, prediction) => {
    const share = total === 0 ? 0 : count / total;
    const dark = full[truth === prediction ? 'right' : 'wrong'];
    const color: Color = total === 0 ? [225, 225, 225] : blend(dark, share);
    const [y, x] = [top + truth * cell, left + prediction * cell];
    fill(picture, { y, x, side: cell - 1 }, color);
    if (!numbered || total === 0) return;
    const number = (100 * share).toFixed(1);
    const { height, width } = textSize(number, scale);
    drawText(picture, number, {
      x: x + Math.floor((cell - width) / 2),
      y: y + Math.floor((cell - height) / 2),
      scale,
      color: share > 0.6 ? [255, 255, 255] : [0, 0, 0],
    });
  });
}

/** White at 0, the colour at 1. */
function blend([red, green, blue]: Color, share: number): Color {
  const mix = (value: number) => Math.round(255 + share * (value - 255));
  return [mix(red), mix(green), mix(blue)];
}

function fill(
  picture: Raster<Uint8Array>,
  square: { readonly y: number; readonly x: number; readonly side: number },
  color: Color,
): void {
  for (let y = square.y; y < square.y + square.side; y++) {
    for (let x = square.x; x < square.x + square.side; x++) {
      picture.data.set(color, 3 * (y * picture.width + x));
    }
  }
}
