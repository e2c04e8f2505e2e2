import * as z from 'zod';

import { heNormal, torchUniform, xavierNormal, zeros, type Initializer } from './initializers.js';

/** Names of the weight initialisers that a config can choose. */
export const initializerOption = z
  .enum(['torch', 'he-normal', 'xavier-normal'])
  .describe(
    'first weights: "torch" (PyTorch\'s uniform default), "he-normal" (variance 2/fanIn, as in the U-Net paper) or "xavier-normal"; biases start at zero but for "torch"',
  );

/** One of the names of `initializerOption`. */
export type InitializerName = z.output<typeof initializerOption>;

/** What a convolution's constructor takes for its first values. */
export interface ConvInitializers {
  readonly weightInitializer: Initializer;
  readonly biasInitializer?: Initializer;
}

/**
 * The initialisers of a convolution by their name in a config. With `torch` biases start as in PyTorch, else at zero.
 */
export function initializersNamed(name: InitializerName): ConvInitializers {
  switch (name) {
    case 'torch':
      return { weightInitializer: torchUniform() };
    case 'he-normal':
      return { weightInitializer: heNormal(), biasInitializer: zeros() };
    case 'xavier-normal':
      return { weightInitializer: xavierNormal(), biasInitializer: zeros() };
  }
}
