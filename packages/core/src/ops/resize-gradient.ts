import * as tf from '@tensorflow/tfjs-core';

/** One pixel of a resized axis: a weighted sum of pixels of the original axis. */
export type Taps = readonly (readonly [index: number, weight: number])[];

/** A linear resize of one axis: `y[i] = sum of weight * x[index]` over `rows[i]`. */
export interface AxisResize {
  /** Length of the original axis. */
  readonly length: number;
  /** One entry per pixel of the resized axis. */
  readonly rows: readonly Taps[];
}

/** The resize as a matrix `[resized length, original length]`. */
function matrixOf({ length, rows }: AxisResize): tf.Tensor2D {
  const values = new Float32Array(rows.length * length);
  rows.forEach((taps, row) => {
    for (const [index, weight] of taps) {
      const at = row * length + index;
      values[at] = (values[at] ?? 0) + weight;
    }
  });
  return tf.tensor2d(values, [rows.length, length]);
}

/** Multiplies the last axis of a rank-4 tensor by a matrix. */
function multiplyLast(x: tf.Tensor4D, matrix: tf.Tensor2D): tf.Tensor4D {
  const [a, b, c, length] = x.shape;
  const product = tf.matMul(tf.reshape<tf.Rank.R2>(x, [a * b * c, length]), matrix);
  return tf.reshape(product, [a, b, c, matrix.shape[1]]);
}

/**
 * Carries a gradient back through a resize of both axes: `dx = Ry^T dy Rx`. Each axis in turn is moved last, so that
 * either product is a single one of two matrices, which every engine does fast.
 * @param dy - `[batch, resized height, resized width, channels]` float32.
 * @returns `[batch, height, width, channels]` float32.
 */
export function resizeGradient(
  dy: tf.Tensor4D,
  vertical: AxisResize,
  horizontal: AxisResize,
): tf.Tensor4D {
  return tf.tidy(() => {
    const byWidth = multiplyLast(tf.transpose(dy, [0, 3, 1, 2]), matrixOf(horizontal));
    const byHeight = multiplyLast(tf.transpose(byWidth, [0, 1, 3, 2]), matrixOf(vertical));
    return tf.transpose(byHeight, [0, 3, 2, 1]);
  });
}
