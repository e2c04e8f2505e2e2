import {
  BatchNorm2d,
  Conv2d,
  Module,
  type Mode,
  type Size,
  type Upsampler,
  type UpsamplerArguments,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

/** How a LinkNet decoder block is made. */
export interface LinknetBlockArguments extends UpsamplerArguments {
  readonly createUpsampler: (args: UpsamplerArguments) => Upsampler;
  readonly normEps: number;
}

/**
 * LinkNet's decoder block from `m` to `n` channels: biased 1x1 convolution to `m / 4`, upsampling that keeps `m / 4`,
 * biased 1x1 convolution to `n`; batch norm and ReLU after each.
 * @see https://arxiv.org/abs/1707.03718
 */
export class LinknetBlock extends Module {
  readonly #conv1: Conv2d;
  readonly #norm1: BatchNorm2d;
  readonly #up: Upsampler;
  readonly #norm2: BatchNorm2d;
  readonly #conv3: Conv2d;
  readonly #norm3: BatchNorm2d;

  constructor({
    inChannels,
    outChannels,
    stride,
    createUpsampler,
    normEps,
  }: LinknetBlockArguments) {
    super();
    const narrow = Math.max(1, Math.floor(inChannels / 4));
    const norm = (channels: number) => new BatchNorm2d({ channels, eps: normEps });
    this.#conv1 = this.child(
      'conv1',
      new Conv2d({ inChannels, outChannels: narrow, kernelSize: 1 }),
    );
    this.#norm1 = this.child('norm1', norm(narrow));
    this.#up = this.child(
      'up',
      createUpsampler({ inChannels: narrow, outChannels: narrow, stride }),
    );
    const raised = this.#up.outChannels;
    this.#norm2 = this.child('norm2', norm(raised));
    this.#conv3 = this.child(
      'conv3',
      new Conv2d({ inChannels: raised, outChannels, kernelSize: 1 }),
    );
    this.#norm3 = this.child('norm3', norm(outChannels));
  }

  /** Size of the output. */
  outputSize(input: Size): Size {
    return this.#up.outputSize(input);
  }

  /**
   * @param x - `[batch, height, width, inChannels]` float32.
   * @returns `[batch, stride * height, stride * width, outChannels]`.
   */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      const narrow = tf.relu(this.#norm1.forward(this.#conv1.forward(x), mode));
      const raised = tf.relu(this.#norm2.forward(this.#up.forward(narrow, mode), mode));
      return tf.relu(this.#norm3.forward(this.#conv3.forward(raised), mode));
    });
  }
}
