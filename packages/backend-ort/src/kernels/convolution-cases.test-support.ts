import * as tf from '@tensorflow/tfjs-core';

import { reals, type TestTensor } from './compare-with-cpu.test-support.js';
import { enter } from './like-cpu.test-support.js';

/** How a window moves over maps of a size. */
export interface ConvolutionCase {
  readonly name: string;
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly pad: 'same' | 'valid' | number;
  readonly size: readonly [number, number];
}

const geometry = (
  name: string,
  kernel: number,
  stride: number,
  pad: ConvolutionCase['pad'],
  size: readonly [number, number],
): ConvolutionCase => ({ name, kernel: [kernel, kernel], stride, pad, size });

/** Every window that networks use, with sizes that the stride divides and others. */
export const convolutionCases: readonly ConvolutionCase[] = [
  geometry('1x1', 1, 1, 'same', [5, 4]),
  geometry('1x1, stride 2', 1, 2, 'valid', [6, 4]),
  geometry('1x1, stride 2, odd', 1, 2, 'same', [7, 5]),
  geometry('2x2, stride 2', 2, 2, 'valid', [6, 8]),
  geometry('2x2, stride 2, odd', 2, 2, 'valid', [5, 7]),
  geometry('2x2, same', 2, 1, 'same', [5, 4]),
  geometry('3x3, same', 3, 1, 'same', [8, 6]),
  geometry('3x3, same, odd', 3, 1, 'same', [7, 5]),
  geometry('3x3, valid', 3, 1, 'valid', [6, 7]),
  geometry('3x3, wide padding', 3, 1, 2, [4, 5]),
  geometry('3x3, stride 2', 3, 2, 'same', [8, 6]),
  geometry('3x3, stride 2, odd', 3, 2, 'same', [7, 9]),
  geometry('3x3, stride 2, padding 1', 3, 2, 1, [8, 6]),
  geometry('3x3, stride 2, valid', 3, 2, 'valid', [8, 7]),
  geometry('3x3, stride 3', 3, 3, 'valid', [9, 6]),
  geometry('4x4, stride 2', 4, 2, 'same', [8, 6]),
  geometry('5x5', 5, 1, 'same', [5, 4]),
  geometry('7x7, stride 2', 7, 2, 'same', [8, 6]),
  geometry('7x7, stride 2, padding 3', 7, 2, 3, [8, 5]),
  geometry('9x9, stride 4', 9, 4, 'valid', [21, 18]),
  { name: '3x1', kernel: [3, 1], stride: 1, pad: 'same', size: [6, 5] },
  { name: '1x5, stride 2', kernel: [1, 5], stride: 2, pad: 'same', size: [6, 8] },
];

/** Images and channels, in and out: fewer than a block of 8 or 16, whole blocks, and neither. */
export const channelCases: readonly (readonly [batch: number, from: number, to: number])[] = [
  [2, 1, 16],
  [1, 3, 32],
  [3, 3, 5],
  [2, 5, 8],
  [1, 8, 8],
  [3, 8, 16],
  [1, 16, 16],
  [2, 16, 1],
  [1, 24, 48],
  [1, 32, 3],
  [3, 48, 16],
  [1, 64, 64],
  [17, 16, 16],
  [17, 3, 16],
];

/** Numbers of a map and a filter. */
export function convolutionInputs(
  { kernel, size }: ConvolutionCase,
  [batch, from, to]: readonly [number, number, number],
): { readonly x: TestTensor; readonly filter: TestTensor } {
  return { x: reals([batch, ...size, from]), filter: reals([...kernel, from, to]) };
}

/** A function's gradients with respect to its two inputs, with a gradient of its result that is the same everywhere. */
export function gradientsOf(
  f: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.Tensor4D,
  a: TestTensor,
  b: TestTensor,
): readonly [tf.Tensor, tf.Tensor] {
  const inputs = [enter<tf.Rank.R4>(a), enter<tf.Rank.R4>(b)] as const;
  const { shape } = tf.tidy(() => f(...inputs));
  const length = tf.util.sizeFromShape(shape);
  const dy = tf.tensor4d(
    Float32Array.from({ length }, (_, i) => Math.sin(1 + i * 1.3)),
    shape,
  );
  const [first, second] = tf.grads((...given) =>
    f(given[0] as tf.Tensor4D, given[1] as tf.Tensor4D),
  )([...inputs], dy);
  return [first!, second!];
}
