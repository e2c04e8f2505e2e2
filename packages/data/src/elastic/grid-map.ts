import { mirrorIndex, type RandomStream, type Size } from '@segkit/core';

import type { SourceMap } from '../warp/source-map.js';

/** Values of the four cubic B-splines that reach into an interval, at `t` in [0, 1] of it. */
function splineWeights(t: number): readonly [number, number, number, number] {
  const s = 1 - t;
  return [
    (s * s * s) / 6,
    (4 - 6 * t * t + 3 * t * t * t) / 6,
    (4 - 6 * s * s + 3 * s * s * s) / 6,
    (t * t * t) / 6,
  ];
}

/**
 * Coefficients of the cubic spline through `values`, mirrored at both ends: those of neighbours satisfy
 * `(c[i-1] + 4 c[i] + c[i+1]) / 6 = values[i]`. Solved from the first to the last and back (Thomas's algorithm).
 */
function splineCoefficients(values: Float64Array): Float64Array {
  const last = values.length - 1;
  const upper = new Float64Array(values.length);
  const solved = new Float64Array(values.length);
  for (let i = 0; i <= last; i++) {
    // At the ends, the mirrored neighbour counts twice.
    const before = i === 0 ? 0 : i === last ? 2 : 1;
    const after = i === last ? 0 : i === 0 ? 2 : 1;
    const pivot = 4 - before * (upper[i - 1] ?? 0);
    upper[i] = after / pivot;
    solved[i] = (6 * (values[i] as number) - before * (solved[i - 1] ?? 0)) / pivot;
  }
  for (let i = last - 1; i >= 0; i--) {
    solved[i] = (solved[i] as number) - (upper[i] as number) * (solved[i + 1] as number);
  }
  return solved;
}

/**
 * How much every grid point counts at every pixel of an axis, the first and the last point standing on the first and
 * the last pixel. `points` rows of `length`.
 */
function gridWeights(points: number, length: number): Float64Array {
  const weights = new Float64Array(points * length);
  for (let point = 0; point < points; point++) {
    const coefficients = splineCoefficients(
      Float64Array.from({ length: points }, (_, i) => Number(i === point)),
    );
    for (let pixel = 0; pixel < length; pixel++) {
      const position = length === 1 ? 0 : (pixel * (points - 1)) / (length - 1);
      const interval = Math.min(Math.floor(position), points - 2);
      const spline = splineWeights(position - interval);
      let sum = 0;
      for (let k = 0; k < spline.length; k++) {
        const coefficient = coefficients[mirrorIndex(interval - 1 + k, points)] as number;
        sum += (spline[k] as number) * coefficient;
      }
      weights[point * length + pixel] = sum;
    }
  }
  return weights;
}

/** Values of every grid column at one row of the image. */
function interpolateRow(
  grid: Float64Array,
  rowWeights: Float64Array,
  points: number,
  { height, y }: { readonly height: number; readonly y: number },
): Float64Array {
  const values = new Float64Array(points);
  for (let row = 0; row < points; row++) {
    const weight = rowWeights[row * height + y] as number;
    for (let column = 0; column < points; column++) {
      values[column] =
        (values[column] as number) + weight * (grid[row * points + column] as number);
    }
  }
  return values;
}

/**
 * The map through displacements on a coarse grid over the whole image, a bicubic spline, mirrored at the borders:
 * pixel (y, x) shows what lay at `(y + dy, x + dx)`.
 * @param dy - Rows in pixels, `points` x `points`, row-major.
 * @param dx - Columns in pixels.
 * @see https://arxiv.org/abs/1505.04597 (section 3.1)
 */
export function gridMap(
  dy: Float64Array,
  dx: Float64Array,
  points: number,
  { height, width }: Size,
): SourceMap {
  const rowWeights = gridWeights(points, height);
  const columnWeights = gridWeights(points, width);
  return {
    height,
    width,
    locate(y, rows, columns) {
      const down = interpolateRow(dy, rowWeights, points, { height, y });
      const across = interpolateRow(dx, rowWeights, points, { height, y });
      for (let x = 0; x < width; x++) {
        rows[x] = y;
        columns[x] = x;
      }
      for (let column = 0; column < points; column++) {
        const [v, w] = [down[column] as number, across[column] as number];
        const start = column * width;
        for (let x = 0; x < width; x++) {
          const weight = columnWeights[start + x] as number;
          rows[x] = (rows[x] as number) + weight * v;
          columns[x] = (columns[x] as number) + weight * w;
        }
      }
    },
  };
}

/** The map of a grid of random displacements, each normal with standard deviation `displacement` pixels. */
export function randomGridMap(
  size: Size,
  points: number,
  displacement: number,
  random: RandomStream,
): SourceMap {
  const draw = (): Float64Array =>
    Float64Array.from({ length: points * points }, () => displacement * random.normal());
  return gridMap(draw(), draw(), points, size);
}
