import {
  ConvBlock,
  convBlockOptions,
  defineCenter,
  type Dropout,
  type Dropout2d,
  Module,
  type Center,
  type ConvBlockArguments,
  type Mode,
  type Size,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { dropoutOf, dropoutUnitOption } from './dropout-unit.js';

const options = z.strictObject({
  channels: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('Channels that come out; null: twice the channels that come in.'),
  midChannels: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('Channels between the two convolutions; null: as channels.'),
  dropout: z.number().min(0).lt(1).default(0).describe('Share dropped in training.'),
  dropoutUnit: dropoutUnitOption,
  ...convBlockOptions.shape,
});

/** Options of the `cbr` centre. */
export type CbrCenterOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CenterOptions {
    cbr: CbrCenterOptions;
  }
}

class CbrCenter extends Module implements Center {
  readonly outChannels: number;
  readonly #block: ConvBlock;
  readonly #dropout: Dropout | Dropout2d | undefined;
  readonly #where: string;

  constructor(block: ConvBlockArguments, dropout: Dropout | Dropout2d | undefined, where: string) {
    super();
    this.outChannels = block.outChannels;
    this.#block = this.child('block', new ConvBlock(block));
    this.#dropout = dropout === undefined ? undefined : this.child('dropout', dropout);
    this.#where = where;
  }

  outputSize(input: Size): Size {
    return this.#block.outputSize(input, this.#where);
  }

  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      const y = this.#block.forward(x, mode);
      return this.#dropout === undefined ? y : this.#dropout.forward(y, mode);
    });
  }
}

/**
 * The bottleneck of a U-Net: two 3x3 convolutions, by default to twice the channels, and optional dropout.
 * @see https://arxiv.org/abs/1505.04597
 */
export const cbrCenter = defineCenter({
  name: 'cbr',
  description: 'Two 3x3 convolutions, by default to twice the channels (the U-Net bottleneck).',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: ({ channels, midChannels, dropout, dropoutUnit, ...block }, { inChannels, path }) => {
    const outChannels = channels ?? 2 * inChannels;
    return new CbrCenter(
      { ...block, inChannels, outChannels, midChannels: midChannels ?? outChannels },
      dropout > 0 ? dropoutOf(dropoutUnit, dropout) : undefined,
      `${path} (cbr)`,
    );
  },
});
