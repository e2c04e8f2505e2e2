import * as tf from '@tensorflow/tfjs-core';

import { expectShape } from '../tensor/expect-shape.js';
import { hasEngineKernel, runEngineKernel } from './engine-kernel.js';
import { padForWindow } from './pad-for-window.js';
import { windowedSize, type Window } from './windowed-size.js';

/** How a convolution's kernel moves. */
export interface Conv2dOptions {
  /** Step of the kernel, in pixels. Default 1. */
  readonly stride?: number;
  /** Zero rows and columns added on every side. Default 0. */
  readonly padding?: number;
  /** Distance between the taps of the kernel, in pixels. Default 1. */
  readonly dilation?: number;
}

/**
 * Convolution (cross-correlation) without bias, as PyTorch's `conv2d`: symmetric zero padding, output length
 * `floor((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1`. Trains at any dilation, which tfjs's own op
 * does not.
 * @param x - `[batch, height, width, inChannels]` float32.
 * @param filter - `[kernelHeight, kernelWidth, inChannels, outChannels]` float32.
 * @returns `[batch, height', width', outChannels]` float32.
 * @throws ShapeError if the channels differ or the padded map is smaller than the kernel.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
 */
export function conv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride = 1, padding = 0, dilation = 1 }: Conv2dOptions = {},
): tf.Tensor4D {
  const [kernelHeight, kernelWidth, inChannels] = filter.shape;
  const channels = String(inChannels);
  expectShape(
    x,
    [null, null, null, inChannels],
    'conv2d: input',
    `the filter takes ${channels} channels`,
  );
  const window = {
    kernel: { height: kernelHeight, width: kernelWidth },
    stride,
    padding,
    dilation,
  };
  windowedSize({ height: x.shape[1], width: x.shape[2] }, window, 'conv2d');
  return tf.tidy(() => {
    if (dilation > 1) {
      return hasDilatedGradients()
        ? nativelyDilatedConv2d(x, filter, window)
        : dilatedConv2d(x, filter, window);
    }
    const { map, mode } = padForWindow(x, window);
    return tf.conv2d(map, filter, stride, mode);
  });
}

/** Whether the engine has gradient kernels that know dilation, which tfjs's own do not. */
function hasDilatedGradients(): boolean {
  return hasEngineKernel('DilatedConv2DBackpropInput');
}

/** By the engine's own kernels. */
function nativelyDilatedConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, window: Window): tf.Tensor4D {
  const { stride, dilation } = window;
  const { map, mode } = padForWindow(x, window);
  const shared = { strides: stride, pad: mode, dilations: dilation, dataFormat: 'NHWC' };
  const convolve = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const [image, kernel, save] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([image, kernel]);
    return {
      value: tf.conv2d(image, kernel, stride, mode, 'NHWC', dilation),
      gradFunc: (dy: tf.Tensor4D, saved: tf.Tensor[]) => {
        const [given, taps] = saved as [tf.Tensor4D, tf.Tensor4D];
        const toInput = { ...shared, inputShape: given.shape };
        const toFilter = { ...shared, filterShape: taps.shape };
        return [
          ...(runEngineKernel('DilatedConv2DBackpropInput', { dy, filter: taps }, toInput) ?? []),
          ...(runEngineKernel('DilatedConv2DBackpropFilter', { x: given, dy }, toFilter) ?? []),
        ];
      },
    };
  });
  return convolve(map, filter);
}

/**
 * Splits the map into `dilation^2` interleaved maps, on which a dilated convolution is an ordinary one, and weaves
 * the results together again.
 */
function dilatedConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, padding, dilation }: Window,
): tf.Tensor4D {
  // Rows and columns that complete the last block; what the kernel makes of them is cropped away.
  const fill = (length: number): number => {
    const rest = (length + 2 * padding) % dilation;
    return rest === 0 ? 0 : dilation - rest;
  };
  const bottom = fill(x.shape[1]);
  const right = fill(x.shape[2]);
  const block = [dilation, dilation];
  const split = tf.spaceToBatchND(x, block, [
    [padding, padding + bottom],
    [padding, padding + right],
  ]);
  const convolved = tf.conv2d(split, filter, 1, 'valid');
  const woven = tf.batchToSpaceND(convolved, block, [
    [0, bottom],
    [0, right],
  ]);
  // A max pool of single pixels takes every stride-th one.
  return stride === 1 ? woven : tf.maxPool(woven, 1, stride, 'valid');
}
