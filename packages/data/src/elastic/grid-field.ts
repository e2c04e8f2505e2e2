import { mirrorIndex, type RandomStream, type Size } from '@segkit/core';

import type { DisplacementField } from './displacement-field.js';

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
 * the last pixel. Row-major, `length` rows of `points`.
 */
function gridWeights(points: number, length: number): Float64Array {
  const weights = new Float64Array(length * points);
  for (let point = 0; point < points; point++) {
    const coefficients = splineCoefficients(
      Float64Array.from({ length: points }, (_, i) => Number(i === point)),
    );
    for (let pixel = 0; pixel < length; pixel++) {
      const position = length === 1 ? 0 : (pixel * (points - 1)) / (length - 1);
      const interval = Math.min(Math.floor(position), points - 2);
      weights[pixel * points + point] = splineWeights(position - interval).reduce(
        (sum, weight, k) =>
          sum + weight * (coefficients[mirrorIndex(interval - 1 + k, points)] as number),
        0,
      );
    }
  }
  return weights;
}

/** Interpolates `points` x `points` values bicubically to every pixel. */
function interpolate(grid: Float64Array, points: number, { height, width }: Size): Float32Array {
  const rows = gridWeights(points, height);
  const columns = gridWeights(points, width);
  const field = new Float32Array(height * width);
  const line = new Float64Array(points);
  for (let y = 0; y < height; y++) {
    for (let column = 0; column < points; column++) {
      let sum = 0;
      for (let row = 0; row < points; row++) {
        sum += (rows[y * points + row] as number) * (grid[row * points + column] as number);
      }
      line[column] = sum;
    }
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let column = 0; column < points; column++) {
        sum += (columns[x * points + column] as number) * (line[column] as number);
      }
      field[y * width + x] = sum;
    }
  }
  return field;
}

/**
 * The field through displacements on a coarse grid over the whole image: a bicubic spline, mirrored at the borders.
 * @param dy - Rows in pixels, `points` x `points`, row-major.
 * @param dx - Columns in pixels.
 * @see https://arxiv.org/abs/1505.04597 (section 3.1)
 */
export function fieldOfGrid(
  dy: Float64Array,
  dx: Float64Array,
  points: number,
  { height, width }: Size,
): DisplacementField {
  const size = { height, width };
  return { ...size, dy: interpolate(dy, points, size), dx: interpolate(dx, points, size) };
}

/** The field of a grid of random displacements, each normal with standard deviation `displacement` pixels. */
export function randomGridField(
  size: Size,
  points: number,
  displacement: number,
  random: RandomStream,
): DisplacementField {
  const draw = (): Float64Array =>
    Float64Array.from({ length: points * points }, () => displacement * random.normal());
  return fieldOfGrid(draw(), draw(), points, size);
}
