import * as tf from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';
import { expectShape } from '../tensor/expect-shape.js';
import { formatSize, type Size } from '../tensor/size.js';

/** How a transposed convolution spreads its input. */
export interface ConvTranspose2dOptions {
  /** Distance between the patches of two neighbouring pixels, in pixels. Default 1. */
  readonly stride?: number;
  /** Rows and columns cut off on every side of the full result. Default 0. */
  readonly padding?: number;
  /** Rows and columns that are cut off less, or added, at the bottom and the right. Default 0. */
  readonly outputPadding?: number;
}

/**
 * Size that a transposed convolution makes: `(n - 1) * stride - 2 * padding + k + outputPadding` per axis.
 * @throws ShapeError if nothing is left after cutting the padding.
 */
export function convTranspose2dSize(
  size: Size,
  kernel: Size,
  { stride = 1, padding = 0, outputPadding = 0 }: ConvTranspose2dOptions,
): Size {
  const grow = (length: number, taps: number): number =>
    (length - 1) * stride - 2 * padding + taps + outputPadding;
  const output = {
    height: grow(size.height, kernel.height),
    width: grow(size.width, kernel.width),
  };
  if (output.height < 1 || output.width < 1) {
    throw new ShapeError(
      `convTranspose2d: padding must leave at least 1x1, but padding ${String(padding)} leaves nothing of a map of ` +
        `${formatSize(size)} with a kernel of ${formatSize(kernel)}; use less padding or a larger image.`,
    );
  }
  return output;
}

/**
 * Transposed convolution without bias, as PyTorch's `conv_transpose2d`: every pixel spreads the filter, scaled by its
 * value, over its patch of the output.
 * @param x - `[batch, height, width, inChannels]` float32.
 * @param filter - `[kernelHeight, kernelWidth, outChannels, inChannels]` float32.
 * @returns `[batch, height', width', outChannels]` float32, sizes as {@link convTranspose2dSize} says.
 * @throws ShapeError if the channels differ or nothing is left after cutting the padding.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
 */
export function convTranspose2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride = 1, padding = 0, outputPadding = 0 }: ConvTranspose2dOptions = {},
): tf.Tensor4D {
  const [kernelHeight, kernelWidth, outChannels, inChannels] = filter.shape;
  const channels = String(inChannels);
  expectShape(
    x,
    [null, null, null, inChannels],
    'convTranspose2d: input',
    `the filter takes ${channels} channels`,
  );
  const [batch, height, width] = x.shape;
  const kernel = { height: kernelHeight, width: kernelWidth };
  const options = { stride, padding, outputPadding };
  const output = convTranspose2dSize({ height, width }, kernel, options);
  const shape = (h: number, w: number): [number, number, number, number] => [
    batch,
    h,
    w,
    outChannels,
  ];
  const whole = shape(output.height, output.width);
  // Where 'same' cuts the same rows and columns, it saves a copy.
  const fits = (taps: number): boolean => taps - stride === 2 * padding;
  if (outputPadding === 0 && fits(kernelHeight) && fits(kernelWidth)) {
    return tf.conv2dTranspose(x, filter, whole, stride, 'same');
  }
  const fullHeight = (height - 1) * stride + kernelHeight;
  const fullWidth = (width - 1) * stride + kernelWidth;
  return tf.tidy(() => {
    const full = tf.conv2dTranspose(x, filter, shape(fullHeight, fullWidth), stride, 'valid');
    if (padding === 0 && outputPadding === 0) return full;
    const added = Math.max(0, outputPadding - padding);
    const grown =
      added === 0
        ? full
        : tf.pad4d(full, [
            [0, 0],
            [0, added],
            [0, added],
            [0, 0],
          ]);
    return tf.slice4d(grown, [0, padding, padding, 0], whole);
  });
}
