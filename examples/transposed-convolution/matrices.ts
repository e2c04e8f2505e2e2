import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** Rows of numbers, as people write a matrix. */
export type Matrix = readonly (readonly number[])[];

/** An image of one channel, `[1, height, width, 1]`. */
export function imageOf(rows: Matrix): Tensor4D {
  return tf.tensor4d(rows.flat(), [1, rows.length, rows[0]?.length ?? 0, 1]);
}

/** A filter from one channel to one, `[height, width, 1, 1]`. */
export function filterOf(rows: Matrix): Tensor4D {
  return tf.tensor4d(rows.flat(), [rows.length, rows[0]?.length ?? 0, 1, 1]);
}

/** The rows of an image of one channel. */
export function rowsOf(image: Tensor4D): Matrix {
  const [, height, width] = image.shape;
  const values = [...image.dataSync()];
  return Array.from({ length: height }, (_, y) => values.slice(y * width, (y + 1) * width));
}

/** The matrix product `a b`. */
export function product(a: Matrix, b: Matrix): Matrix {
  const columns = transpose(b);
  return a.map((row) =>
    columns.map((column) => row.reduce((sum, value, i) => sum + value * (column[i] ?? 0), 0)),
  );
}

/** Rows become columns. */
export function transpose(matrix: Matrix): Matrix {
  return (matrix[0] ?? []).map((_, x) => matrix.map((row) => row[x] ?? 0));
}

/** An image's pixels from the top left to the bottom right, as one column. */
export function columnOf(image: Matrix): Matrix {
  return image.flat().map((value) => [value]);
}

/** A column of pixels as an image again. */
export function imageFrom(column: Matrix, width: number): Matrix {
  const values = column.flat();
  return Array.from({ length: values.length / width }, (_, y) =>
    values.slice(y * width, (y + 1) * width),
  );
}

/**
 * The matrix W with which a convolution (stride 1, no padding) of a square image is `y = W x`: one row for every
 * window, holding the kernel where the window lies and 0 elsewhere.
 */
export function convolutionMatrix(kernel: Matrix, side: number): Matrix {
  const windows = side - kernel.length + 1;
  const positions = Array.from({ length: windows * windows }, (_, i) => i);
  return positions.map((position) => {
    const top = Math.floor(position / windows);
    const left = position % windows;
    return Array.from({ length: side * side }, (_, pixel) => {
      const y = Math.floor(pixel / side) - top;
      const x = (pixel % side) - left;
      return kernel[y]?.[x] ?? 0;
    });
  });
}
