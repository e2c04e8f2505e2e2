import * as tf from '@tensorflow/tfjs-core';

/** One output pixel along an axis: a weighted sum of input pixels. */
export type Taps = readonly (readonly [index: number, weight: number])[];

/** A linear map along one axis: `y[i] = sum of weight * x[index]` over `rows[i]`. */
export interface AxisMap {
  /** Length of the axis before. */
  readonly length: number;
  /** One row per output pixel. */
  readonly rows: readonly Taps[];
}

function matrix({ length, rows }: AxisMap): tf.Tensor2D {
  const values = new Float32Array(rows.length * length);
  rows.forEach((taps, row) => {
    for (const [index, weight] of taps) {
      values[row * length + index] = (values[row * length + index] ?? 0) + weight;
    }
  });
  return tf.tensor2d(values, [rows.length, length]);
}

function apply(x: tf.Tensor4D, y: tf.Tensor2D, x2: tf.Tensor2D, transpose: boolean): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const outHeight = transpose ? y.shape[1] : y.shape[0];
  const outWidth = transpose ? x2.shape[1] : x2.shape[0];
  const tall = tf.matMul(
    tf.tile(tf.reshape(y, [1, ...y.shape]), [batch, 1, 1]),
    tf.reshape(x, [batch, height, width * channels]),
    transpose,
  );
  const wide = tf.matMul(
    tf.tile(tf.reshape(x2, [1, ...x2.shape]), [batch * outHeight, 1, 1]),
    tf.reshape(tall, [batch * outHeight, width, channels]),
    transpose,
  );
  return tf.reshape(wide, [batch, outHeight, outWidth, channels]);
}

/**
 * Applies one linear map along the height and one along the width.
 * @param x - `[batch, height, width, channels]` float32.
 */
export function resample(x: tf.Tensor4D, vertical: AxisMap, horizontal: AxisMap): tf.Tensor4D {
  const op = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const [input] = inputs as [tf.Tensor4D];
    return {
      value: apply(input, matrix(vertical), matrix(horizontal), false),
      gradFunc: (dy: tf.Tensor4D) => apply(dy, matrix(vertical), matrix(horizontal), true),
    };
  });
  return op(x);
}
