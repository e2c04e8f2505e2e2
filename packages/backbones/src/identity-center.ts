import { defineCenter, Module, type Center, type Size } from '@segkit/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

const options = z.strictObject({});

/** Options of the `identity` centre: none. */
export interface IdentityCenterOptions {}

declare module '@segkit/core' {
  interface CenterOptions {
    identity: IdentityCenterOptions;
  }
}

class IdentityCenter extends Module implements Center {
  readonly outChannels: number;

  constructor(channels: number) {
    super();
    this.outChannels = channels;
  }

  outputSize(input: Size): Size {
    return input;
  }

  forward(x: Tensor4D): Tensor4D {
    return x;
  }
}

/** No centre: the deepest feature map goes to the decoder as it is, as in LinkNet. */
export const identityCenter = defineCenter({
  name: 'identity',
  description: 'Passes the deepest feature map on unchanged (LinkNet).',
  source: 'https://arxiv.org/abs/1707.03718',
  options,
  create: (_, { inChannels }) => new IdentityCenter(inChannels),
});
