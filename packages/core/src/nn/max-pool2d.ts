import type * as tf from '@tensorflow/tfjs-core';

import { ConfigError } from '../errors.js';
import { maxPool2d, type MaxPool2dOptions } from '../ops/max-pool2d.js';
import { windowedSize } from '../ops/windowed-size.js';
import type { Size } from '../tensor/size.js';
import { Module } from './module.js';

/** Largest value of every window, as PyTorch's `nn.MaxPool2d`. */
export class MaxPool2d extends Module {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;

  /** @throws ConfigError if the padding is more than half of the window, which could then lie outside the map. */
  constructor({ kernelSize, stride = kernelSize, padding = 0 }: MaxPool2dOptions) {
    super();
    if (padding > kernelSize / 2) {
      throw new ConfigError(
        `maxPool2d: padding must be at most half of kernelSize ${String(kernelSize)}, received ${String(padding)}.`,
      );
    }
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
  }

  /**
   * Size of the output map.
   * @throws ShapeError if the map is smaller than the window.
   */
  outputSize(size: Size): Size {
    const { kernelSize, stride, padding } = this;
    const kernel = { height: kernelSize, width: kernelSize };
    return windowedSize(size, { kernel, stride, padding, dilation: 1 }, 'maxPool2d');
  }

  /**
   * @param x - `[batch, height, width, channels]` float32.
   * @returns `[batch, height', width', channels]` float32.
   * @throws ShapeError if the map is smaller than the window.
   */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const { kernelSize, stride, padding } = this;
    return maxPool2d(x, { kernelSize, stride, padding });
  }
}
