import {
  BatchNorm2d,
  Conv2d,
  defineHead,
  initializersNamed,
  initializerOption,
  Module,
  type ConvInitializers,
  type Head,
  type HeadArguments,
  type Mode,
  type Size,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({
  order: z
    .enum(['conv-norm-relu', 'conv-relu-norm'])
    .default('conv-relu-norm')
    .describe('Where the normalisation stands; "conv-norm-relu" leaves no negative logits.'),
  bias: z.boolean().default(true).describe('Whether the convolution is biased.'),
  initializer: initializerOption.default('torch'),
});

/** Options of the `cbr` head. */
export type CbrHeadOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface HeadOptions {
    cbr: CbrHeadOptions;
  }
}

/** How a `cbr` head is made. */
interface CbrHeadArguments
  extends Pick<HeadArguments, 'inChannels' | 'outChannels'>, ConvInitializers {
  readonly bias: boolean;
  readonly normLast: boolean;
}

class CbrHead extends Module implements Head {
  readonly upscale = 1;
  readonly #conv: Conv2d;
  readonly #norm: BatchNorm2d;
  readonly #normLast: boolean;

  constructor({ normLast, ...layer }: CbrHeadArguments) {
    super();
    this.#conv = this.child('conv', new Conv2d({ ...layer, kernelSize: 3, padding: 1 }));
    this.#norm = this.child('bn', new BatchNorm2d({ channels: layer.outChannels }));
    this.#normLast = normLast;
  }

  outputSize(input: Size): Size {
    return input;
  }

  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      const y = this.#conv.forward(x);
      return this.#normLast
        ? this.#norm.forward(tf.relu(y), mode)
        : tf.relu(this.#norm.forward(y, mode));
    });
  }
}

/**
 * A 3x3 convolution that keeps the size, ReLU and batch norm to the logits: the last layer of the three-level U-Net
 * for OCT images, which ends like its other blocks.
 * @see https://www.kaggle.com/paultimothymooney/chiu-2015
 */
export const cbrHead = defineHead({
  name: 'cbr',
  description: 'A 3x3 convolution, ReLU and batch norm to the logits.',
  source: 'https://www.kaggle.com/paultimothymooney/chiu-2015',
  options,
  create: ({ order, bias, initializer }, { inChannels, outChannels }) =>
    new CbrHead({
      inChannels,
      outChannels,
      bias,
      normLast: order === 'conv-relu-norm',
      ...initializersNamed(initializer),
    }),
});
