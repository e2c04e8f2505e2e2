import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  defineHead,
  mapSize,
  Module,
  type Head,
  type HeadArguments,
  type Mode,
  type Size,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({
  width: z.number().int().positive().default(32).describe('Channels between the convolutions.'),
  normEps: z.number().positive().default(1e-3).describe('Epsilon of the batch normalisation.'),
});

/** Options of the `linknet` head. */
export type LinknetHeadOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface HeadOptions {
    linknet: LinknetHeadOptions;
  }
}

class LinknetHead extends Module implements Head {
  readonly upscale = 4;
  readonly #deconv1: ConvTranspose2d;
  readonly #bn1: BatchNorm2d;
  readonly #conv2: Conv2d;
  readonly #bn2: BatchNorm2d;
  readonly #deconv3: ConvTranspose2d;

  constructor({ inChannels, outChannels }: HeadArguments, width: number, eps: number) {
    super();
    const norm = () => new BatchNorm2d({ channels: width, eps });
    this.#deconv1 = this.child(
      'deconv1',
      new ConvTranspose2d({
        inChannels,
        outChannels: width,
        kernelSize: 3,
        stride: 2,
        padding: 1,
        outputPadding: 1,
      }),
    );
    this.#bn1 = this.child('bn1', norm());
    this.#conv2 = this.child(
      'conv2',
      new Conv2d({ inChannels: width, outChannels: width, kernelSize: 3, padding: 1 }),
    );
    this.#bn2 = this.child('bn2', norm());
    this.#deconv3 = this.child(
      'deconv3',
      new ConvTranspose2d({ inChannels: width, outChannels, kernelSize: 2, stride: 2 }),
    );
  }

  outputSize(input: Size): Size {
    return mapSize(input, (length) => 4 * length);
  }

  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      const doubled = tf.relu(this.#bn1.forward(this.#deconv1.forward(x), mode));
      const hidden = tf.relu(this.#bn2.forward(this.#conv2.forward(doubled), mode));
      return this.#deconv3.forward(hidden);
    });
  }
}

/**
 * LinkNet's final layers, which raise the resolution four times: 3x3 transposed convolution with stride 2, batch
 * norm, ReLU; 3x3 convolution, batch norm, ReLU; 2x2 transposed convolution with stride 2 to the logits.
 * @see https://arxiv.org/abs/1707.03718
 */
export const linknetHead = defineHead({
  name: 'linknet',
  description:
    "LinkNet's final layers: transposed 3x3, conv 3x3, transposed 2x2; four times the size.",
  source: 'https://arxiv.org/abs/1707.03718',
  options,
  create: ({ width, normEps }, context) => new LinknetHead(context, width, normEps),
});
