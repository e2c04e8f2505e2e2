import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { ShapeError } from '../errors.js';
import { formatSize, mapSize, type Size } from '../tensor/size.js';
import { BatchNorm2d } from './batch-norm2d.js';
import { Conv2d } from './conv2d.js';
import { initializersNamed, initializerOption } from './initializer-option.js';
import { Module, type Mode } from './module.js';

/** Options that every component made of conv blocks shares; spread its `shape` into the component's own schema. */
export const convBlockOptions = z.strictObject({
  padding: z
    .enum(['same', 'valid'])
    .default('same')
    .describe(
      '"same" keeps the size, "valid" takes 2 pixels per 3x3 convolution as the 2015 paper does.',
    ),
  norm: z.boolean().default(true).describe('Batch normalisation of every convolution.'),
  order: z
    .enum(['conv-norm-relu', 'conv-relu-norm'])
    .default('conv-norm-relu')
    .describe('Where the normalisation stands.'),
  bias: z
    .boolean()
    .nullable()
    .default(null)
    .describe('Whether convolutions are biased; null: only without norm.'),
  initializer: initializerOption.default('torch'),
});

/** Validated `convBlockOptions`. */
export type ConvBlockOptions = z.output<typeof convBlockOptions>;

/** How a conv block is made. */
export interface ConvBlockArguments extends ConvBlockOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Channels between the two convolutions. Default `outChannels`. */
  readonly midChannels?: number;
}

/**
 * Two 3x3 convolutions, each with optional batch normalisation and a ReLU: the block that U-Nets are built of.
 * Parameters: `conv1`, `bn1`, `conv2`, `bn2`.
 * @see https://arxiv.org/abs/1505.04597
 */
export class ConvBlock extends Module {
  readonly outChannels: number;
  readonly #valid: boolean;
  readonly #normLast: boolean;
  readonly #stages: readonly { readonly conv: Conv2d; readonly norm: BatchNorm2d | undefined }[];

  constructor({
    inChannels,
    outChannels,
    midChannels = outChannels,
    padding,
    norm,
    order,
    bias,
    initializer,
  }: ConvBlockArguments) {
    super();
    this.outChannels = outChannels;
    this.#valid = padding === 'valid';
    this.#normLast = order === 'conv-relu-norm';
    const stage = (index: number, from: number, to: number) => ({
      conv: this.child(
        `conv${String(index)}`,
        new Conv2d({
          inChannels: from,
          outChannels: to,
          kernelSize: 3,
          padding: this.#valid ? 0 : 1,
          bias: bias ?? !norm,
          ...initializersNamed(initializer),
        }),
      ),
      norm: norm ? this.child(`bn${String(index)}`, new BatchNorm2d({ channels: to })) : undefined,
    });
    this.#stages = [stage(1, inChannels, midChannels), stage(2, midChannels, outChannels)];
  }

  /**
   * Size of the output: the input's, or 4 less with valid padding.
   * @param where - Opens the error message.
   * @throws ShapeError if a valid convolution would leave nothing.
   */
  outputSize(input: Size, where = 'conv block'): Size {
    if (!this.#valid) return input;
    if (Math.min(input.height, input.width) < 5) {
      throw new ShapeError(
        `${where}: two valid 3x3 convolutions need a map of at least 5x5, received ${formatSize(input)}; ` +
          'use larger images, fewer levels or padding "same".',
      );
    }
    return mapSize(input, (length) => length - 4);
  }

  /**
   * @param x - `[batch, height, width, inChannels]` float32.
   * @returns `[batch, height, width, outChannels]`, height and width less 4 with valid padding.
   */
  forward(x: tf.Tensor4D, mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      let y = x;
      for (const { conv, norm } of this.#stages) {
        y = conv.forward(y);
        if (norm !== undefined && !this.#normLast) y = norm.forward(y, mode);
        y = tf.relu(y);
        if (norm !== undefined && this.#normLast) y = norm.forward(y, mode);
      }
      return y;
    });
  }
}
