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

/**
 * Carries a gradient back through a resize of the middle axis: `dx[i] = sum of weight * dy[j]` over all j that drew
 * on i.
 * @param dy - `[outer, resized length, inner]` float32.
 * @returns `[outer, length, inner]` float32.
 */
export function axisResizeGradient(dy: tf.Tensor3D, resize: AxisResize): tf.Tensor3D {
  return tf.tidy(() =>
    resize.rows.length % resize.length === 0
      ? gradientByTaps(dy, resize, resize.rows.length / resize.length)
      : gradientByMatrix(dy, resize),
  );
}

/**
 * For a whole factor: the pixels that drew on pixel i lie at `factor * i + offset` for a few offsets, so the gradient
 * is a sum of a few strided slices, each weighted by position. Its cost grows with the map alone.
 */
function gradientByTaps(dy: tf.Tensor3D, resize: AxisResize, factor: number): tf.Tensor3D {
  const { length } = resize;
  const [outer, resized, inner] = dy.shape;
  const weights = weightsByOffset(resize, factor);
  const offsets = [...weights.keys()];
  const before = Math.max(0, -Math.min(...offsets));
  const steps = length + Math.floor((before + Math.max(...offsets)) / factor);
  const after = steps * factor - before - resized;
  const padded = tf.pad3d(dy, [
    [0, 0],
    [before, Math.max(0, after)],
    [0, 0],
  ]);
  const strided = tf.reshape<tf.Rank.R4>(padded, [outer, steps, factor, inner]);
  const terms = offsets.map((offset): tf.Tensor3D => {
    const [step, phase] = [Math.floor((offset + before) / factor), (offset + before) % factor];
    const slice = tf.slice4d(strided, [0, step, phase, 0], [outer, length, 1, inner]);
    const term = tf.reshape<tf.Rank.R3>(slice, [outer, length, inner]);
    const weight = weights.get(offset) ?? new Float32Array(length);
    return weight.every((value) => value === 1)
      ? term
      : tf.mul(term, tf.tensor3d(weight, [1, length, 1]));
  });
  return terms.reduce((sum, term) => tf.add(sum, term));
}

/** By offset `j - factor * i`, the weight with which every pixel i entered pixel j. */
function weightsByOffset({ length, rows }: AxisResize, factor: number): Map<number, Float32Array> {
  const weights = new Map<number, Float32Array>();
  rows.forEach((taps, row) => {
    for (const [index, weight] of taps) {
      if (weight === 0) continue;
      const offset = row - factor * index;
      const values = weights.get(offset) ?? new Float32Array(length);
      values[index] = (values[index] ?? 0) + weight;
      weights.set(offset, values);
    }
  });
  return weights;
}

/** For any sizes: a product with the matrix of the resize, which costs as much as a large convolution. */
function gradientByMatrix(dy: tf.Tensor3D, { length, rows }: AxisResize): tf.Tensor3D {
  const [outer, resized, inner] = dy.shape;
  const values = new Float32Array(resized * length);
  rows.forEach((taps, row) => {
    for (const [index, weight] of taps) {
      const at = row * length + index;
      values[at] = (values[at] ?? 0) + weight;
    }
  });
  // With the axis last, it is a single product of two matrices, which every engine does fast.
  const last = tf.reshape(tf.transpose(dy, [0, 2, 1]), [outer * inner, resized]);
  const product = tf.matMul(last, tf.tensor2d(values, [resized, length]));
  return tf.transpose(tf.reshape<tf.Rank.R3>(product, [outer, inner, length]), [0, 2, 1]);
}
