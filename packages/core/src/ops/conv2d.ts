import * as tf from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';
import { expectShape, formatShape } from '../tensor/expect-shape.js';
import { planPadding } from './padding-plan.js';

/** How a convolution's window moves. */
export interface Conv2dOptions {
  /** Step of the window, in pixels. Default 1. */
  readonly stride?: number;
  /** Zero rows and columns added on every side. Default 0. */
  readonly padding?: number;
  /** Distance between the taps of the kernel, in pixels. Default 1. */
  readonly dilation?: number;
}

/**
 * Two-dimensional convolution (cross-correlation) without bias, as PyTorch's `conv2d`: symmetric zero padding,
 * output length `floor((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1`. Trains at any dilation, which
 * tfjs's own op does not.
 * @param x - `[batch, height, width, inChannels]` float32.
 * @param filter - `[kernelHeight, kernelWidth, inChannels, outChannels]` float32.
 * @returns `[batch, height', width', outChannels]` float32.
 * @throws ShapeError if the channels differ or the padded map is smaller than the kernel.
 */
export function conv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride = 1, padding = 0, dilation = 1 }: Conv2dOptions = {},
): tf.Tensor4D {
  const [kernelHeight, kernelWidth, inChannels] = filter.shape;
  expectShape(x, [null, null, null, inChannels], 'conv2d: input');
  const [, height, width] = x.shape;
  const reach = (kernel: number): number => dilation * (kernel - 1) + 1;
  if (
    height + 2 * padding < reach(kernelHeight) ||
    width + 2 * padding < reach(kernelWidth)
  ) {
    throw new ShapeError(
      `conv2d: input must be at least ${String(reach(kernelHeight) - 2 * padding)}x` +
        `${String(reach(kernelWidth) - 2 * padding)} high and wide, received ${formatShape(x.shape)}; ` +
        'use a larger image or more padding.',
    );
  }
  if (dilation > 1) return dilatedConv2d(x, filter, { stride, padding, dilation });
  const plan = planPadding([kernelHeight, kernelWidth], { stride, padding, dilation });
  const padded = plan.explicit ? padSpace(x, padding) : x;
  return tf.conv2d(padded, filter, stride, plan.mode);
}

function padSpace(x: tf.Tensor4D, padding: number): tf.Tensor4D {
  return tf.pad4d(x, [[0, 0], [padding, padding], [padding, padding], [0, 0]]);
}

/**
 * Splits the map into `dilation^2` interleaved maps, on which the dilated convolution is an ordinary one, and
 * weaves the results together again.
 */
function dilatedConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, padding, dilation }: Required<Conv2dOptions>,
): tf.Tensor4D {
  const [, height, width] = x.shape;
  const [kernelHeight, kernelWidth] = filter.shape;
  // Rows and columns that fill the last block; what the kernel makes of them is cropped away.
  const fill = (length: number): number => (dilation - ((length + 2 * padding) % dilation)) % dilation;
  const fillHeight = fill(height);
  const fillWidth = fill(width);
  const blocks = tf.spaceToBatchND(
    x,
    [dilation, dilation],
    [
      [padding, padding + fillHeight],
      [padding, padding + fillWidth],
    ],
  );
  const convolved = tf.conv2d(blocks, filter, 1, 'valid');
  const woven = tf.batchToSpaceND(convolved, [dilation, dilation], [
    [0, fillHeight],
    [0, fillWidth],
  ]);
  void kernelHeight;
  void kernelWidth;
  // Taking every stride-th pixel is a 1x1 max pool.
  return stride === 1 ? woven : tf.maxPool(woven, 1, stride, 'valid');
}
