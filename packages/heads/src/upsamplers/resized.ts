import {
  Conv2d,
  mapSize,
  Module,
  xavierNormal,
  zeros,
  type Size,
  type Upsampler,
  type UpsamplerArguments,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';

/** Resizes a map `[batch, h, w, channels]` to a size. */
export type Resize = (x: tf.Tensor4D, size: Size) => tf.Tensor4D;

/**
 * Upsampling by interpolation, optionally followed by a 1x1 convolution (Xavier-normal weights, zero bias) and a
 * ReLU. Without the convolution the channel count stays as it is.
 */
export class ResizedUpsampler extends Module implements Upsampler {
  readonly outChannels: number;
  readonly #resize: Resize;
  readonly #stride: number;
  readonly #conv: Conv2d | undefined;

  constructor(
    { inChannels, outChannels, stride }: UpsamplerArguments,
    resize: Resize,
    conv: boolean,
  ) {
    super();
    this.outChannels = conv ? outChannels : inChannels;
    this.#resize = resize;
    this.#stride = stride;
    this.#conv = conv
      ? this.child(
          'conv',
          new Conv2d({
            inChannels,
            outChannels,
            kernelSize: 1,
            weightInitializer: xavierNormal(),
            biasInitializer: zeros(),
          }),
        )
      : undefined;
  }

  outputSize(input: Size): Size {
    return mapSize(input, (length) => length * this.#stride);
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const size = this.outputSize({ height: x.shape[1], width: x.shape[2] });
      const resized = this.#stride === 1 ? x : this.#resize(x, size);
      return this.#conv === undefined ? resized : tf.relu(this.#conv.forward(resized));
    });
  }
}
