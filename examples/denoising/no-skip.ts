import { defineMerge } from 'segkit';
import * as z from 'zod';

const options = z.strictObject({});

declare module '@segkit/core' {
  interface MergeOptions {
    'no-skip': z.input<typeof options>;
  }
}

/** Leaves the skips out: a U-Net becomes an autoencoder. */
export const noSkip = defineMerge({
  name: 'no-skip',
  description: 'Ignores the skip.',
  options,
  create: () => ({
    outChannels: (_, up) => up,
    outputSize: (_, up) => up,
    forward: (_, up) => up,
  }),
});
