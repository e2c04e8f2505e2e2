import {
  bilinearKernel,
  ConfigError,
  ConvTranspose2d,
  defineUpsampler,
  initializersNamed,
  initializerOption,
  mapSize,
  Module,
  zeros,
  type ConvInitializers,
  type Size,
  type Upsampler,
  type UpsamplerArguments,
} from '@segkit/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({
  kernel: z
    .enum(['k2s2', 'k3s2p1op1', 'k4s2p1'])
    .default('k2s2')
    .describe('Kernel size, stride, padding and output padding; each doubles the size exactly.'),
  bias: z.boolean().default(true).describe('Whether a bias is added.'),
  initializer: z
    .enum([...initializerOption.options, 'bilinear'])
    .default('torch')
    .describe(
      'First weights, as of convolutions, or "bilinear": every channel is interpolated by itself, which needs equal channels.',
    ),
});

/** Options of the `transposed` upsampler. */
export type TransposedUpsamplerOptions = z.input<typeof options>;

declare module '@segkit/core' {
  interface UpsamplerOptions {
    transposed: TransposedUpsamplerOptions;
  }
}

const kernels = {
  k2s2: { kernelSize: 2, stride: 2, padding: 0, outputPadding: 0 },
  k3s2p1op1: { kernelSize: 3, stride: 2, padding: 1, outputPadding: 1 },
  k4s2p1: { kernelSize: 4, stride: 2, padding: 1, outputPadding: 0 },
} as const;

const bilinearInitializers: ConvInitializers = {
  weightInitializer: bilinearKernel(),
  biasInitializer: zeros(),
};

/** Keeps the size: what LinkNet's last decoder block uses between two maps of one resolution. */
const sameSizeKernel = { kernelSize: 3, stride: 1, padding: 1, outputPadding: 0 } as const;

class TransposedUpsampler extends Module implements Upsampler {
  readonly outChannels: number;
  readonly #conv: ConvTranspose2d;
  readonly #stride: number;

  constructor(
    { inChannels, outChannels, stride }: UpsamplerArguments,
    kernel: keyof typeof kernels,
    layer: ConvInitializers & { readonly bias: boolean },
  ) {
    super();
    this.outChannels = outChannels;
    this.#stride = stride;
    const geometry = stride === 1 ? sameSizeKernel : kernels[kernel];
    this.#conv = this.child(
      'conv',
      new ConvTranspose2d({ inChannels, outChannels, ...geometry, ...layer }),
    );
  }

  outputSize(input: Size): Size {
    return mapSize(input, (length) => length * this.#stride);
  }

  forward(x: Tensor4D): Tensor4D {
    return this.#conv.forward(x);
  }
}

/**
 * Learned upsampling by a transposed convolution, biased by default (PyTorch's `ConvTranspose2d`). At stride 1 it is
 * a 3x3 transposed convolution that keeps the size. With kernel `k4s2p1`, no bias and bilinear weights it starts as the
 * interpolation that FCN learns from.
 * @see https://arxiv.org/abs/1603.07285
 */
export const transposedUpsampler = defineUpsampler({
  name: 'transposed',
  description: 'Transposed convolution (up-convolution) that doubles the size.',
  source: 'https://arxiv.org/abs/1603.07285',
  options,
  create: ({ kernel, bias, initializer }, context) => {
    const { inChannels, outChannels, path } = context;
    if (initializer !== 'bilinear') {
      return new TransposedUpsampler(context, kernel, { bias, ...initializersNamed(initializer) });
    }
    if (inChannels !== outChannels) {
      throw new ConfigError(
        `${path} (transposed): bilinear weights need as many channels out as in, received ${String(inChannels)} in and ` +
          `${String(outChannels)} out; use another initializer.`,
      );
    }
    return new TransposedUpsampler(context, kernel, { bias, ...bilinearInitializers });
  },
});
