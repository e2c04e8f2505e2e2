import type * as tf from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';
import { maxPool2d, type MaxPool2dOptions } from '../ops/max-pool2d.js';
import { formatSize, mapSize, type Size } from '../tensor/size.js';
import { Module } from './module.js';

/** Largest value of every window, as PyTorch's `nn.MaxPool2d`. */
export class MaxPool2d extends Module {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;

  constructor({ kernelSize, stride = kernelSize, padding = 0 }: MaxPool2dOptions) {
    super();
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
    const output = mapSize(size, (n) => Math.floor((n + 2 * padding - kernelSize) / stride) + 1);
    if (output.height < 1 || output.width < 1) {
      const least = kernelSize - 2 * padding;
      throw new ShapeError(
        `maxPool2d: map must be at least ${formatSize({ height: least, width: least })}, ` +
          `received ${formatSize(size)}; use a larger image.`,
      );
    }
    return output;
  }

  /**
   * @param x - `[batch, height, width, channels]` float32.
   * @returns `[batch, height', width', channels]` float32.
   * @throws ShapeError if the map is smaller than the window.
   */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    this.outputSize({ height: x.shape[1], width: x.shape[2] });
    const { kernelSize, stride, padding } = this;
    return maxPool2d(x, { kernelSize, stride, padding });
  }
}
