import { BatchNorm2d, Conv2d, Module, type Initializer, type Mode } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

/** How a basic block is made. */
export interface BasicBlockArguments {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Stride of the first convolution, 1 or 2. */
  readonly stride: number;
  readonly weightInitializer: Initializer;
}

/**
 * ResNet's basic block: `relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x))`, where the shortcut is a strided 1x1
 * convolution with batch norm if the shape changes. Parameters are named as in torchvision.
 * @see https://arxiv.org/abs/1512.03385
 */
export class BasicBlock extends Module {
  readonly #conv1: Conv2d;
  readonly #bn1: BatchNorm2d;
  readonly #conv2: Conv2d;
  readonly #bn2: BatchNorm2d;
  readonly #downsample: { readonly conv: Conv2d; readonly norm: BatchNorm2d } | undefined;

  constructor({ inChannels, outChannels, stride, weightInitializer }: BasicBlockArguments) {
    super();
    const common = { outChannels, bias: false, weightInitializer };
    const norm = () => new BatchNorm2d({ channels: outChannels });
    this.#conv1 = this.child(
      'conv1',
      new Conv2d({ ...common, inChannels, kernelSize: 3, stride, padding: 1 }),
    );
    this.#bn1 = this.child('bn1', norm());
    this.#conv2 = this.child(
      'conv2',
      new Conv2d({ ...common, inChannels: outChannels, kernelSize: 3, padding: 1 }),
    );
    this.#bn2 = this.child('bn2', norm());
    this.#downsample =
      stride === 1 && inChannels === outChannels
        ? undefined
        : {
            conv: this.child(
              'downsample.0',
              new Conv2d({ ...common, inChannels, kernelSize: 1, stride }),
            ),
            norm: this.child('downsample.1', norm()),
          };
  }

  /**
   * @param x - `[batch, height, width, inChannels]` float32.
   * @returns `[batch, ceil(height / stride), ceil(width / stride), outChannels]`.
   */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      const hidden = tf.relu(this.#bn1.forward(this.#conv1.forward(x), mode));
      const residual = this.#bn2.forward(this.#conv2.forward(hidden), mode);
      const shortcut =
        this.#downsample === undefined
          ? x
          : this.#downsample.norm.forward(this.#downsample.conv.forward(x), mode);
      return tf.relu(tf.add<tf.Tensor4D>(residual, shortcut));
    });
  }
}
