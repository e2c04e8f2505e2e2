import {
  ConvBlock,
  convBlockOptions,
  defineBackbone,
  type Dropout,
  type Dropout2d,
  formatSize,
  MaxPool2d,
  Module,
  ShapeError,
  type Backbone,
  type ConvBlockOptions,
  type Mode,
  type Size,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { dropoutOf, dropoutUnitOption, type DropoutUnit } from './dropout-unit.js';

const count = z.number().int().positive();

const options = z
  .strictObject({
    width: count.default(64).describe('Channels of the first level, doubled at every further one.'),
    depth: count.default(4).describe('Number of levels, each followed by a 2x2 max-pool.'),
    widths: z
      .array(count)
      .min(1)
      .nullable()
      .default(null)
      .describe('Channels of every level, finest first; replaces width and depth.'),
    midChannels: z
      .array(count)
      .nullable()
      .default(null)
      .describe('Channels between the two convolutions of every level; null: as the level.'),
    dropout: z.number().min(0).lt(1).default(0).describe('Share dropped in training.'),
    dropoutUnit: dropoutUnitOption,
    dropoutLevels: z
      .array(count)
      .nullable()
      .default(null)
      .describe('Levels (from 1, finest first) whose output is dropped out; null: the deepest.'),
    ...convBlockOptions.shape,
  })
  .refine(
    (value) => (value.midChannels ?? levelWidths(value)).length === levelWidths(value).length,
    {
      path: ['midChannels'],
      error: 'expected one number per level',
    },
  )
  .refine(
    (value) => (value.dropoutLevels ?? []).every((level) => level <= levelWidths(value).length),
    { path: ['dropoutLevels'], error: 'expected levels between 1 and the number of levels' },
  );

/** Options of the `cbr` backbone. */
export type CbrBackboneOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface BackboneOptions {
    cbr: CbrBackboneOptions;
  }
}

/** How a plain stack is made. */
interface CbrArguments extends ConvBlockOptions {
  readonly inChannels: number;
  readonly widths: readonly number[];
  readonly midChannels: readonly number[];
  readonly dropout: number;
  readonly dropoutUnit: DropoutUnit;
  readonly dropoutLevels: readonly number[];
  /** Opens error messages. */
  readonly where: string;
}

function levelWidths({
  width,
  depth,
  widths,
}: {
  readonly width: number;
  readonly depth: number;
  readonly widths: readonly number[] | null;
}): readonly number[] {
  return widths ?? Array.from({ length: depth }, (_, level) => width * 2 ** level);
}

class CbrBackbone extends Module implements Backbone {
  readonly channels: readonly number[];
  readonly strides: readonly number[];
  readonly #levels: readonly {
    readonly block: ConvBlock;
    readonly dropout: Dropout | Dropout2d | undefined;
  }[];
  readonly #pool: MaxPool2d;
  readonly #where: string;
  readonly #smallest: number;

  constructor({
    inChannels,
    widths,
    midChannels,
    dropout,
    dropoutUnit,
    dropoutLevels,
    where,
    ...block
  }: CbrArguments) {
    super();
    this.#where = where;
    this.#levels = widths.map((width, level) => ({
      block: this.child(
        `level${String(level + 1)}`,
        new ConvBlock({
          ...block,
          inChannels: widths[level - 1] ?? inChannels,
          midChannels: midChannels[level] ?? width,
          outChannels: width,
        }),
      ),
      dropout:
        dropout > 0 && dropoutLevels.includes(level + 1)
          ? this.child(`dropout${String(level + 1)}`, dropoutOf(dropoutUnit, dropout))
          : undefined,
    }));
    this.#pool = this.child('pool', new MaxPool2d({ kernelSize: 2 }));
    this.channels = [...widths, ...widths.slice(-1)];
    this.strides = this.channels.map((_, level) => 2 ** level);
    const lost = block.padding === 'valid' ? 4 : 0;
    this.#smallest = widths.reduce((side) => side * 2 + lost, 1);
  }

  sizes(image: Size): readonly Size[] {
    if (Math.min(image.height, image.width) < this.#smallest) {
      const side = String(this.#smallest);
      throw new ShapeError(
        `${this.#where}: ${String(this.#levels.length)} levels need an image of at least ${side}x${side}, ` +
          `received ${formatSize(image)}; use larger images or fewer levels.`,
      );
    }
    const sizes: Size[] = [];
    let size = image;
    for (const { block } of this.#levels) {
      size = block.outputSize(size, this.#where);
      sizes.push(size);
      size = this.#pool.outputSize(size);
    }
    return [...sizes, size];
  }

  forward(image: tf.Tensor4D, mode: Mode): tf.Tensor4D[] {
    return tf.tidy(() => {
      const features: tf.Tensor4D[] = [];
      let x = image;
      for (const { block, dropout } of this.#levels) {
        x = block.forward(x, mode);
        if (dropout !== undefined) x = dropout.forward(x, mode);
        features.push(x);
        x = this.#pool.forward(x);
      }
      return [...features, x];
    });
  }
}

/**
 * The plain stack of convolution, batch normalisation and ReLU that the U-Net papers and seeds use: at every level
 * two 3x3 convolutions, then a 2x2 max-pool. Feature maps: the output of every level (strides 1, 2, 4, …), then the
 * pooled map of the last level for the centre.
 * @see https://arxiv.org/abs/1505.04597
 */
export const cbrBackbone = defineBackbone({
  name: 'cbr',
  description: 'Plain stack: two 3x3 convolutions and a 2x2 max-pool per level.',
  source: 'https://arxiv.org/abs/1505.04597',
  options,
  create: ({ width, depth, widths: givenWidths, midChannels, dropoutLevels, ...rest }, context) => {
    const widths = levelWidths({ width, depth, widths: givenWidths });
    return new CbrBackbone({
      ...rest,
      inChannels: context.inChannels,
      widths,
      midChannels: midChannels ?? widths,
      dropoutLevels: dropoutLevels ?? [widths.length],
      where: `${context.path} (cbr)`,
    });
  },
});
