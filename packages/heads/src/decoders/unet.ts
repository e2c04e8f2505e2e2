import {
  ConfigError,
  Conv2d,
  ConvBlock,
  convBlockOptions,
  defineDecoder,
  Dropout2d,
  Module,
  type ConvBlockOptions,
  type Decoder,
  type DecoderArguments,
  type Merge,
  type Mode,
  type Size,
  type SpecSchemaFactory,
  type Upsampler,
  type UpsamplerArguments,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { deepestOf, skipOf } from './feature-levels.js';
import { levelStride } from './level-stride.js';

const count = z.number().int().positive();

const options = ({ component }: { readonly component: SpecSchemaFactory }) =>
  z.strictObject({
    upsampler: component('upsampler')
      .prefault('transposed')
      .describe('Raises the resolution at every level, by default to the channels of the skip.'),
    merge: component('merge').prefault('concat').describe('Joins the upsampled map with the skip.'),
    widths: z
      .array(count)
      .nullable()
      .default(null)
      .describe('Channels that leave every level, finest first; null: those of the skips.'),
    midChannels: z
      .array(count)
      .nullable()
      .default(null)
      .describe('Channels between the two convolutions of every level; null: as widths.'),
    dropout: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('Share of channels dropped in training after every level.'),
    ...convBlockOptions.shape,
  });

/** Options of the `unet` decoder. */
export type UnetDecoderOptions = z.input<ReturnType<typeof options>>;

declare module '@segkit/core' {
  interface DecoderOptions {
    unet: UnetDecoderOptions;
  }
}

/** How a U-Net decoder is made. */
interface UnetArguments extends Pick<DecoderArguments, 'channels' | 'strides'>, ConvBlockOptions {
  readonly createUpsampler: (args: UpsamplerArguments) => Upsampler;
  readonly merge: Merge;
  readonly widths: readonly number[] | null;
  readonly midChannels: readonly number[] | null;
  readonly dropout: number;
  /** Opens error messages. */
  readonly where: string;
}

/** One step up: upsample, project if the merge needs it, join with the skip, convolve. */
interface Level {
  readonly up: Upsampler;
  readonly projection: Conv2d | undefined;
  readonly block: ConvBlock;
}

class UnetDecoder extends Module implements Decoder {
  readonly outChannels: number;
  readonly outputStride: number;
  /** Deepest first, the order in which they run. */
  readonly #levels: readonly Level[];
  readonly #merge: Merge;
  readonly #dropout: Dropout2d;
  readonly #where: string;

  constructor({
    channels,
    strides,
    createUpsampler,
    merge,
    widths,
    midChannels,
    dropout,
    where,
    ...block
  }: UnetArguments) {
    super();
    this.#merge = merge;
    this.#where = where;
    this.#dropout = this.child('dropout', new Dropout2d({ rate: dropout }));
    this.outputStride = strides[0] ?? 1;
    const skips = channels.slice(0, -1);
    let from = channels[skips.length] ?? 0;
    this.#levels = skips
      .map((skip, level) => {
        const width = widths?.[level] ?? skip;
        return { level, skip, width, mid: midChannels?.[level] ?? width };
      })
      .toReversed()
      .map(({ level, skip, width, mid }) => {
        const name = `level${String(level + 1)}`;
        const stride = levelStride(strides, level, where);
        const up = createUpsampler({ inChannels: from, outChannels: skip, stride });
        this.child(`${name}.up`, up);
        const joined = joinedChannels(merge, skip, up.outChannels);
        const projection =
          joined === undefined
            ? new Conv2d({ inChannels: up.outChannels, outChannels: skip, kernelSize: 1 })
            : undefined;
        if (projection !== undefined) this.child(`${name}.projection`, projection);
        const convolutions = new ConvBlock({
          ...block,
          inChannels: joined ?? merge.outChannels(skip, skip),
          midChannels: mid,
          outChannels: width,
        });
        from = width;
        return { up, projection, block: this.child(`${name}.block`, convolutions) };
      });
    this.outChannels = from;
  }

  outputSize(features: readonly Size[]): Size {
    let size = deepestOf(features, this.#levels.length, this.#where);
    this.#levels.forEach(({ up, block }, step) => {
      const skip = skipOf(features, step);
      const where = `${this.#where}: level ${String(this.#levels.length - step)}`;
      size = block.outputSize(this.#merge.outputSize(skip, up.outputSize(size)), where);
    });
    return size;
  }

  forward(features: readonly tf.Tensor4D[], mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      let x = deepestOf(features, this.#levels.length, this.#where);
      this.#levels.forEach((level, step) => {
        const skip = skipOf(features, step);
        x = tf.tidy(() => this.#climb(level, x, skip, mode));
      });
      return x;
    });
  }

  #climb(
    { up, projection, block }: Level,
    x: tf.Tensor4D,
    skip: tf.Tensor4D,
    mode: Mode,
  ): tf.Tensor4D {
    const raised = up.forward(x, mode);
    const fitting = projection === undefined ? raised : projection.forward(raised);
    return this.#dropout.forward(block.forward(this.#merge.forward(skip, fitting), mode), mode);
  }
}

/** What the merge makes of these channels, or `undefined` where it cannot join them. */
function joinedChannels(merge: Merge, skip: number, up: number): number | undefined {
  try {
    return merge.outChannels(skip, up);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** @throws ConfigError unless there is one number per skip. */
function expectPerSkip(values: readonly number[] | null, skips: number, where: string): void {
  if (values === null || values.length === skips) return;
  throw new ConfigError(
    `${where}: expected ${String(skips)} numbers, one per skip of the backbone, finest first, ` +
      `received ${JSON.stringify(values)}.`,
  );
}

/**
 * U-Net's expanding path. At every level, from the deepest: upsample (to the skip's channels, if the upsampler can),
 * merge with the skip, two 3x3 convolutions. Where the merge cannot join the channel counts (adding after plain
 * interpolation), a biased 1x1 convolution brings the upsampled map to those of the skip.
 * @see https://arxiv.org/abs/1505.04597
 */
export const unetDecoder = defineDecoder({
  name: 'unet',
  description: 'Per level: upsample, merge with the skip, two 3x3 convolutions.',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: ({ upsampler, merge, ...rest }, context) => {
    const { channels, strides, path } = context;
    expectPerSkip(rest.widths, channels.length - 1, `${path}.widths`);
    expectPerSkip(rest.midChannels, channels.length - 1, `${path}.midChannels`);
    return new UnetDecoder({
      ...rest,
      channels,
      strides,
      createUpsampler: (args) => context.create('upsampler', upsampler, args),
      merge: context.create('merge', merge, {}),
      where: `${path} (unet)`,
    });
  },
});
