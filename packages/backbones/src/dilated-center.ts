import { Conv2d, defineCenter, Module, type Center, type Size, zeros } from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({
  dilations: z
    .array(z.number().int().positive())
    .min(1)
    .default([1, 2, 4, 8])
    .describe('Dilation of every 3x3 convolution of the chain.'),
});

/** Options of the `dilated` centre. */
export type DilatedCenterOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface CenterOptions {
    dilated: DilatedCenterOptions;
  }
}

class DilatedCenter extends Module implements Center {
  readonly outChannels: number;
  readonly #convs: readonly Conv2d[];

  constructor(channels: number, dilations: readonly number[]) {
    super();
    this.outChannels = channels;
    this.#convs = dilations.map((dilation, index) =>
      this.child(
        `dilate${String(index + 1)}`,
        new Conv2d({
          inChannels: channels,
          outChannels: channels,
          kernelSize: 3,
          padding: dilation,
          dilation,
          biasInitializer: zeros(),
        }),
      ),
    );
  }

  outputSize(input: Size): Size {
    return input;
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      let sum = x;
      let d = x;
      for (const conv of this.#convs) {
        d = tf.relu(conv.forward(d));
        sum = tf.add(sum, d);
      }
      return sum;
    });
  }
}

/**
 * The D-LinkNet centre: a chain `d_i = relu(conv_i(d_{i-1}))`, `d_0 = x`, of dilated 3x3 convolutions whose links are
 * all added up: `x + d_1 + … + d_n`. Biased (from zero), no normalisation;
 * parameters `dilate1` … as in the authors' code.
 * @see https://openaccess.thecvf.com/content_cvpr_2018_workshops/papers/w4/Zhou_D-LinkNet_LinkNet_With_CVPR_2018_paper.pdf
 */
export const dilatedCenter = defineCenter({
  name: 'dilated',
  description: 'Chain of dilated 3x3 convolutions, all links added up (the D-LinkNet centre).',
  source: 'https://github.com/zlckanata/DeepGlobe-Road-Extraction-Challenge',
  options,
  create: ({ dilations }, { inChannels }) => new DilatedCenter(inChannels, dilations),
});
