import {
  Conv2d,
  defineDecoder,
  initializersNamed,
  initializerOption,
  Module,
  zeros,
  type ConvInitializers,
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

const options = ({ component }: { readonly component: SpecSchemaFactory }) =>
  z.strictObject({
    upsampler: component('upsampler')
      .prefault({ name: 'transposed', kernel: 'k4s2p1', bias: false, initializer: 'bilinear' })
      .describe('Doubles the sum of the scores before those of the next finer map join.'),
    merge: component('merge')
      .prefault({ name: 'add', align: 'crop' })
      .describe('Joins the scores of two resolutions; FCN adds and crops.'),
    initializer: z
      .enum([...initializerOption.options, 'zeros'])
      .default('zeros')
      .describe('First weights of the 1x1 convolutions that score; "zeros" as in FCN.'),
  });

/** Options of the `fcn` decoder. */
export type FcnDecoderOptions = z.input<ReturnType<typeof options>>;

declare module '@segkit/core' {
  interface DecoderOptions {
    fcn: FcnDecoderOptions;
  }
}

/** How an FCN decoder is made. */
interface FcnArguments extends DecoderArguments {
  readonly createUpsampler: (args: UpsamplerArguments) => Upsampler;
  readonly merge: Merge;
  readonly initializers: ConvInitializers;
  /** Opens error messages. */
  readonly where: string;
}

/** One step up: enlarge the scores so far, score the next finer map, join the two. */
interface Level {
  readonly up: Upsampler;
  readonly score: Conv2d;
}

class FcnDecoder extends Module implements Decoder {
  readonly outChannels: number;
  readonly outputStride: number;
  readonly #deepest: Conv2d;
  /** Deepest first, the order in which they run. */
  readonly #levels: readonly Level[];
  readonly #merge: Merge;
  readonly #where: string;

  constructor({
    channels,
    strides,
    outChannels: classes,
    createUpsampler,
    merge,
    initializers,
    where,
  }: FcnArguments) {
    super();
    this.#merge = merge;
    this.#where = where;
    this.outputStride = strides[0] ?? 1;
    const score = (level: number): Conv2d =>
      this.child(
        `level${String(level + 1)}.score`,
        new Conv2d({
          inChannels: channels[level] ?? 0,
          outChannels: classes,
          kernelSize: 1,
          ...initializers,
        }),
      );
    this.#deepest = score(channels.length - 1);
    let from = classes;
    this.#levels = channels
      .slice(0, -1)
      .map((_, level) => level)
      .toReversed()
      .map((level) => {
        const stride = levelStride(strides, level, where);
        const up = createUpsampler({ inChannels: from, outChannels: classes, stride });
        this.child(`level${String(level + 1)}.up`, up);
        from = merge.outChannels(classes, up.outChannels);
        return { up, score: score(level) };
      });
    this.outChannels = from;
  }

  outputSize(features: readonly Size[]): Size {
    let size = deepestOf(features, this.#levels.length, this.#where);
    this.#levels.forEach(({ up }, step) => {
      size = this.#merge.outputSize(skipOf(features, step), up.outputSize(size));
    });
    return size;
  }

  forward(features: readonly tf.Tensor4D[], mode: Mode): tf.Tensor4D {
    return tf.tidy(() => {
      let scores = this.#deepest.forward(deepestOf(features, this.#levels.length, this.#where));
      this.#levels.forEach(({ up, score }, step) => {
        const finer = score.forward(skipOf(features, step));
        scores = this.#merge.forward(finer, up.forward(scores, mode));
      });
      return scores;
    });
  }
}

/**
 * FCN's sum of class scores: a biased 1x1 convolution scores the deepest map; while there is a finer map, the scores
 * are doubled and those of that map added. With the maps of a ResNet, `['layer4']` makes FCN-32s, `['layer3', 'layer4']`
 * FCN-16s, `['layer2', 'layer3', 'layer4']` FCN-8s; the head `fcn` enlarges the scores to the image.
 * @see https://arxiv.org/abs/1411.4038
 */
export const fcnDecoder = defineDecoder({
  name: 'fcn',
  description: 'Sum of the class scores of several resolutions (FCN-32s, -16s, -8s).',
  source: 'https://arxiv.org/abs/1411.4038',
  options,
  create: ({ upsampler, merge, initializer }, context) =>
    new FcnDecoder({
      channels: context.channels,
      strides: context.strides,
      outChannels: context.outChannels,
      createUpsampler: (args) => context.create('upsampler', upsampler, args),
      merge: context.create('merge', merge, {}),
      initializers:
        initializer === 'zeros'
          ? { weightInitializer: zeros(), biasInitializer: zeros() }
          : initializersNamed(initializer),
      where: `${context.path} (fcn)`,
    }),
});
