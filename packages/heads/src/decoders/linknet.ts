import {
  ConfigError,
  defineDecoder,
  Module,
  type Decoder,
  type DecoderArguments,
  type Merge,
  type Mode,
  type Size,
  type SpecSchemaFactory,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { deepestOf, skipOf } from './feature-levels.js';
import { levelStride } from './level-stride.js';
import { LinknetBlock, type LinknetBlockArguments } from './linknet-block.js';

const options = ({ component }: { readonly component: SpecSchemaFactory }) =>
  z.strictObject({
    upsampler: component('upsampler')
      .prefault({ name: 'transposed', kernel: 'k3s2p1op1' })
      .describe('Raises the resolution within every block.'),
    merge: component('merge')
      .prefault('add')
      .describe("Joins the block's output with the skip; LinkNet adds."),
    reluAfterMerge: z
      .boolean()
      .default(true)
      .describe('A ReLU after every merge: true for LinkNet, false for D-LinkNet.'),
    lastBlock: z
      .boolean()
      .default(false)
      .describe('A further block without skip that doubles the finest map, as in D-LinkNet.'),
    normEps: z
      .number()
      .positive()
      .default(1e-3)
      .describe('Epsilon of the batch normalisation: 1e-3 for LinkNet, 1e-5 for D-LinkNet.'),
  });

/** Options of the `linknet` decoder. */
export type LinknetDecoderOptions = z.input<ReturnType<typeof options>>;

declare module '@segkit/core' {
  interface DecoderOptions {
    linknet: LinknetDecoderOptions;
  }
}

/** How a LinkNet decoder is made. */
interface LinknetArguments
  extends
    Pick<DecoderArguments, 'channels' | 'strides'>,
    Pick<LinknetBlockArguments, 'createUpsampler' | 'normEps'> {
  readonly merge: Merge;
  readonly reluAfterMerge: boolean;
  readonly lastBlock: boolean;
  /** Opens error messages. */
  readonly where: string;
}

class LinknetDecoder extends Module implements Decoder {
  readonly outChannels: number;
  readonly outputStride: number;
  /** Deepest first, the order in which they run. */
  readonly #blocks: readonly LinknetBlock[];
  readonly #last: LinknetBlock | undefined;
  readonly #merge: Merge;
  readonly #reluAfterMerge: boolean;
  readonly #where: string;

  constructor({
    channels,
    strides,
    merge,
    reluAfterMerge,
    lastBlock,
    where,
    ...shared
  }: LinknetArguments) {
    super();
    this.#merge = merge;
    this.#reluAfterMerge = reluAfterMerge;
    this.#where = where;
    const skips = channels.slice(0, -1);
    let from = channels[skips.length] ?? 0;
    this.#blocks = skips
      .map((skip, level) => ({ skip, level }))
      .toReversed()
      .map(({ skip, level }) => {
        const stride = levelStride(strides, level, where);
        const block = new LinknetBlock({ ...shared, inChannels: from, outChannels: skip, stride });
        from = merge.outChannels(skip, skip);
        return this.child(`decoder${String(level + (lastBlock ? 2 : 1))}`, block);
      });
    const finest = strides[0] ?? 1;
    if (lastBlock && finest < 2) {
      throw new ConfigError(
        `${where}: lastBlock would make a map larger than the image, since the finest feature map has stride ` +
          `${String(finest)}; set lastBlock to false.`,
      );
    }
    const width = channels[0] ?? from;
    this.#last = lastBlock
      ? this.child(
          'decoder1',
          new LinknetBlock({ ...shared, inChannels: from, outChannels: width, stride: 2 }),
        )
      : undefined;
    this.outChannels = lastBlock ? width : from;
    this.outputStride = lastBlock ? finest / 2 : finest;
  }

  outputSize(features: readonly Size[]): Size {
    let size = deepestOf(features, this.#blocks.length, this.#where);
    this.#blocks.forEach((block, step) => {
      size = this.#merge.outputSize(skipOf(features, step), block.outputSize(size));
    });
    return this.#last === undefined ? size : this.#last.outputSize(size);
  }

  forward(features: readonly tf.Tensor4D[], mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      let x = deepestOf(features, this.#blocks.length, this.#where);
      this.#blocks.forEach((block, step) => {
        const merged = this.#merge.forward(skipOf(features, step), block.forward(x, mode));
        x = this.#reluAfterMerge ? tf.relu(merged) : merged;
      });
      return this.#last === undefined ? x : this.#last.forward(x, mode);
    });
  }
}

/**
 * LinkNet's decoder. From the deepest level: a decoder block to the skip's channels and resolution, merged with the
 * skip, then a ReLU. LinkNet gives it the feature maps `pool, layer1 … layer4` of a ResNet and the head `linknet`;
 * D-LinkNet gives it `layer1 … layer4` and the head `d-linknet`, with `reluAfterMerge: false`, `lastBlock: true` and
 * `normEps: 1e-5`.
 * @see https://arxiv.org/abs/1707.03718
 */
export const linknetDecoder = defineDecoder({
  name: 'linknet',
  description: 'Per level: bottleneck upsampling block, merged with the skip (LinkNet, D-LinkNet).',
  source: 'https://arxiv.org/abs/1707.03718',
  options,
  create: ({ upsampler, merge, ...rest }, context) =>
    new LinknetDecoder({
      ...rest,
      channels: context.channels,
      strides: context.strides,
      createUpsampler: (args) => context.create('upsampler', upsampler, args),
      merge: context.create('merge', merge, {}),
      where: `${context.path} (linknet)`,
    }),
});
