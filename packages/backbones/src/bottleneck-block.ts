import { BatchNorm2d, Conv2d, Module, type Mode } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

import type { BasicBlockArguments } from './basic-block.js';

/** How many times more channels leave a bottleneck block than its 3x3 convolution has. */
export const bottleneckExpansion = 4;

/** A bias-free convolution and its batch norm. */
interface Unit {
  readonly conv: Conv2d;
  readonly norm: BatchNorm2d;
}

/**
 * ResNet's bottleneck block: 1x1 convolution to a quarter of the channels, 3x3 (which takes the stride, as in
 * torchvision), 1x1 to `outChannels`, batch norm after each and ReLU between; the shortcut is added, then a ReLU.
 * Where the shape changes, the shortcut is a strided 1x1 convolution with batch norm. Parameters are named as in
 * torchvision.
 * @see https://arxiv.org/abs/1512.03385
 */
export class BottleneckBlock extends Module {
  readonly #units: readonly Unit[];
  readonly #downsample: Unit | undefined;

  constructor({ inChannels, outChannels, stride, weightInitializer }: BasicBlockArguments) {
    super();
    const narrow = outChannels / bottleneckExpansion;
    const unit = (
      [conv, norm]: readonly [string, string],
      layer: { from: number; to: number; kernelSize: number; stride?: number },
    ): Unit => {
      const { from, to, kernelSize, stride: step = 1 } = layer;
      const made = new Conv2d({
        inChannels: from,
        outChannels: to,
        kernelSize,
        stride: step,
        padding: (kernelSize - 1) / 2,
        bias: false,
        weightInitializer,
      });
      return {
        conv: this.child(conv, made),
        norm: this.child(norm, new BatchNorm2d({ channels: to })),
      };
    };
    this.#units = [
      unit(['conv1', 'bn1'], { from: inChannels, to: narrow, kernelSize: 1 }),
      unit(['conv2', 'bn2'], { from: narrow, to: narrow, kernelSize: 3, stride }),
      unit(['conv3', 'bn3'], { from: narrow, to: outChannels, kernelSize: 1 }),
    ];
    this.#downsample =
      stride === 1 && inChannels === outChannels
        ? undefined
        : unit(['downsample.0', 'downsample.1'], {
            from: inChannels,
            to: outChannels,
            kernelSize: 1,
            stride,
          });
  }

  /**
   * @param x - `[batch, height, width, inChannels]` float32.
   * @returns `[batch, ceil(height / stride), ceil(width / stride), outChannels]`.
   */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      let y = x;
      this.#units.forEach((unit, index) => {
        const normed = run(unit, y, mode);
        y = index < this.#units.length - 1 ? tf.relu(normed) : normed;
      });
      const shortcut = this.#downsample === undefined ? x : run(this.#downsample, x, mode);
      return tf.relu(tf.add<tf.Tensor4D>(y, shortcut));
    });
  }
}

function run({ conv, norm }: Unit, x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
  return norm.forward(conv.forward(x), mode);
}
