import * as z from 'zod';

import type { Parameter } from '../nn/parameter.js';
import { expectMatch, matchesName, matchOption } from './parameter-match.js';

const group = z.strictObject({
  match: matchOption(),
  learningRateFactor: z
    .number()
    .nonnegative()
    .default(1)
    .describe('What the learning rate is multiplied by.'),
  weightDecay: z
    .number()
    .nonnegative()
    .optional()
    .describe("Instead of the optimiser's; default: the same."),
});

/** Options that every optimiser shares; spread them into its schema. */
export const groupOptions = {
  groups: z
    .array(group)
    .default([])
    .describe('Parameters with a rate or decay of their own; the first group that fits counts.'),
  noDecayOnNormsAndBiases: z
    .boolean()
    .default(false)
    .describe('Whether vectors and scalars (biases, weights of norms) are left without decay.'),
};

/** How parameters are told apart, and what holds for those in no group. */
export interface Grouping {
  readonly weightDecay: number;
  readonly groups: readonly z.output<typeof group>[];
  readonly noDecayOnNormsAndBiases: boolean;
  /** The optimiser's place in the config; opens error messages. */
  readonly path: string;
}

/** What holds for one parameter. */
export interface ParameterSettings {
  /** What the step's learning rate is multiplied by. */
  readonly learningRateFactor: number;
  readonly weightDecay: number;
}

/**
 * The settings of every parameter. As in timm, a parameter of at most one dimension, or whose name ends with `bias`, does
 * not decay if `noDecayOnNormsAndBiases` says so, whatever its group.
 * @throws ConfigError if a group fits no parameter.
 */
export function parameterSettings(
  parameters: ReadonlyMap<string, Parameter>,
  { weightDecay, groups, noDecayOnNormsAndBiases, path }: Grouping,
): ReadonlyMap<string, ParameterSettings> {
  const names = [...parameters.keys()];
  groups.forEach(({ match }, i) => {
    expectMatch(match, names, `${path}.groups.${String(i)}.match`);
  });
  return new Map(
    [...parameters].map(([name, { shape }]) => {
      const own = groups.find(({ match }) => matchesName(match, name));
      const exempt = noDecayOnNormsAndBiases && (shape.length <= 1 || name.endsWith('.bias'));
      return [
        name,
        {
          learningRateFactor: own?.learningRateFactor ?? 1,
          weightDecay: exempt ? 0 : (own?.weightDecay ?? weightDecay),
        },
      ];
    }),
  );
}
