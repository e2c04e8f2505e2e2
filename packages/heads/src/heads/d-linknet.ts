import {
  Conv2d,
  ConvTranspose2d,
  defineHead,
  mapSize,
  Module,
  type Head,
  type HeadArguments,
  type Size,
} from '@segkit/core';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({
  width: z.number().int().positive().default(32).describe('Channels between the convolutions.'),
  kernels: z
    .enum(['4-3-3', '3-3-2'])
    .default('4-3-3')
    .describe(
      'Kernel sizes: "4-3-3" for D-LinkNet, "3-3-2" for the LinkNet34 of the same authors.',
    ),
});

/** Options of the `d-linknet` head. */
export type DLinknetHeadOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface HeadOptions {
    'd-linknet': DLinknetHeadOptions;
  }
}

/** Kernel sizes and paddings that double a map exactly: `2n`, or `2n + 1`, `2n - 1` and `2n` again. */
const geometries = {
  '4-3-3': {
    deconv1: { kernelSize: 4, padding: 1 },
    conv2: { kernelSize: 3, padding: 1 },
    conv3: { kernelSize: 3, padding: 1 },
  },
  '3-3-2': {
    deconv1: { kernelSize: 3, padding: 0 },
    conv2: { kernelSize: 3, padding: 0 },
    conv3: { kernelSize: 2, padding: 1 },
  },
} as const;

class DLinknetHead extends Module implements Head {
  readonly upscale = 2;
  readonly #deconv1: ConvTranspose2d;
  readonly #conv2: Conv2d;
  readonly #conv3: Conv2d;

  constructor(
    { inChannels, outChannels }: HeadArguments,
    { width, kernels }: z.output<typeof options>,
  ) {
    super();
    const { deconv1, conv2, conv3 } = geometries[kernels];
    this.#deconv1 = this.child(
      'finaldeconv1',
      new ConvTranspose2d({ inChannels, outChannels: width, stride: 2, ...deconv1 }),
    );
    this.#conv2 = this.child(
      'finalconv2',
      new Conv2d({ inChannels: width, outChannels: width, ...conv2 }),
    );
    this.#conv3 = this.child(
      'finalconv3',
      new Conv2d({ inChannels: width, outChannels, ...conv3 }),
    );
  }

  outputSize(input: Size): Size {
    return mapSize(input, (length) => 2 * length);
  }

  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const doubled = tf.relu(this.#deconv1.forward(x));
      return this.#conv3.forward(tf.relu(this.#conv2.forward(doubled)));
    });
  }
}

/**
 * D-LinkNet's final layers, which double the resolution: 4x4 transposed convolution with stride 2, ReLU; 3x3
 * convolution, ReLU; 3x3 convolution to the logits. The LinkNet34 that the authors compare with has other kernels.
 * @see https://openaccess.thecvf.com/content_cvpr_2018_workshops/papers/w4/Zhou_D-LinkNet_LinkNet_With_CVPR_2018_paper.pdf
 */
export const dLinknetHead = defineHead({
  name: 'd-linknet',
  description: "D-LinkNet's final layers: transposed 4x4, two 3x3 convolutions; twice the size.",
  source: 'https://github.com/zlckanata/DeepGlobe-Road-Extraction-Challenge',
  options,
  create: (resolved, context) => new DLinknetHead(context, resolved),
});
