import { ConfigError, defineTransform, type ResolvedSpec, type Spec } from '@segkit/core';
import * as z from 'zod';

import { drawByWeight } from './draw-by-weight.js';

/** One choice of a `one-of`. */
export interface Choice {
  /** How likely it is beside the others. Default 1. */
  readonly weight?: number;
  /** Applied in turn; none leaves the sample as it is. */
  readonly transforms: readonly Spec<'transform'>[];
}

/** Options of `one-of`. */
export interface OneOfOptions {
  readonly choices: readonly Choice[];
}

declare module '@segkit/core' {
  interface TransformOptions {
    'one-of': OneOfOptions;
  }
}

interface ResolvedOptions {
  readonly choices: readonly { weight: number; transforms: readonly ResolvedSpec[] }[];
}

function reject(path: string, message: string): never {
  throw new ConfigError(`${path}.choices: ${message}.`, [{ path: `${path}.choices`, message }]);
}

/**
 * Applies the transforms of one of several choices to each sample.
 * @example
 * `{ name: 'one-of', choices: [{ transforms: ['blur'] }, { transforms: ['gaussian-noise'] }, { weight: 2, transforms: [] }] }`
 */
export const oneOf = defineTransform({
  name: 'one-of',
  description: 'Applies one of several lists of transforms, drawn by weight.',
  options: ({ component }) =>
    z.strictObject({
      choices: z
        .array(
          z.strictObject({
            weight: z
              .number()
              .min(0)
              .default(1)
              .describe('How likely this choice is beside the others.'),
            transforms: z
              .array(component('transform'))
              .describe('Applied in turn; an empty list leaves the sample as it is.'),
          }),
        )
        .min(1)
        .describe('Lists of transforms, of which one is applied to a sample.'),
    }),
  create: ({ choices }: ResolvedOptions, context) => {
    const { labels, path } = context;
    const weights = choices.map(({ weight }) => weight);
    if (weights.every((weight) => weight === 0)) {
      reject(path, 'expected a choice with a weight above 0');
    }
    const lists = choices.map(({ transforms }, choice) =>
      transforms.map((spec, position) => {
        const place = `choices.${String(choice)}.transforms.${String(position)}`;
        return context.create('transform', spec, { labels }, place);
      }),
    );
    return {
      apply(sample, random) {
        const chosen = lists[drawByWeight(weights, random.uniform())] ?? [];
        return chosen.reduce(
          (current, transform, position) => transform.apply(current, random.fork(position)),
          sample,
        );
      },
    };
  },
});
