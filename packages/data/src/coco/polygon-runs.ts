import type { Size } from '@segkit/core';

/** Steps per pixel in which an outline is followed. */
const scale = 5;

/** Points of an outline in steps, both coordinates whole. */
interface Outline {
  readonly x: number[];
  readonly y: number[];
}

/** Rounds as C's cast of `value + 0.5` does, which is towards zero for negative numbers. */
const round = (value: number): number => Math.trunc(value + 0.5);

/** Every step along the line between two corners, from the first to the second. */
function followEdge(outline: Outline, x0: number, y0: number, x1: number, y1: number): void {
  const dx = Math.abs(x1 - x0);
  const dy = Math.abs(y1 - y0);
  const steps = Math.max(dx, dy);
  const along = dx >= dy;
  // Lines are interpolated from their lower end, so that an edge of two neighbours is the same for both.
  const flip = along ? x0 > x1 : y0 > y1;
  const [xs, ys, xe, ye] = flip ? [x1, y1, x0, y0] : [x0, y0, x1, y1];
  const slope = steps === 0 ? 0 : (along ? ye - ys : xe - xs) / steps;
  for (let step = 0; step <= steps; step++) {
    const t = flip ? steps - step : step;
    outline.x.push(along ? xs + t : round(xs + slope * t));
    outline.y.push(along ? round(ys + slope * t) : ys + t);
  }
}

function followPolygon(corners: readonly number[]): Outline {
  const outline: Outline = { x: [], y: [] };
  const steps = corners.map((value) => round(scale * value));
  const at = (index: number): number => steps[index % steps.length] as number;
  for (let i = 0; i < steps.length; i += 2) {
    followEdge(outline, at(i), at(i + 1), at(i + 2), at(i + 3));
  }
  return outline;
}

/**
 * The pixels inside a polygon as pycocotools draws it: an outline is followed in fifths of a pixel, and a column of
 * pixels changes between outside and inside where the outline crosses the column's middle.
 * @param corners - x and y in turn, in pixels; the pixel at row 0, column 0 covers [0, 1) x [0, 1).
 * @returns Starts and ends of runs in turn, counted column by column.
 * @see https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (rleFrPoly)
 */
export function polygonRuns(corners: readonly number[], { height, width }: Size): Int32Array {
  const { x, y } = followPolygon(corners);
  const crossings: number[] = [];
  for (let i = 1; i < x.length; i++) {
    const [before, after] = [x[i - 1] as number, x[i] as number];
    if (before === after) continue;
    const column = (Math.min(before, after) + 0.5) / scale - 0.5;
    if (!Number.isInteger(column) || column < 0 || column > width - 1) continue;
    const row = (Math.min(y[i - 1] as number, y[i] as number) + 0.5) / scale - 0.5;
    crossings.push(column * height + Math.ceil(Math.min(Math.max(row, 0), height)));
  }
  return Int32Array.from(crossings).sort();
}
