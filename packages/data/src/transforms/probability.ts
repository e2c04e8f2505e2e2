import type { Sample, Transform } from '@segkit/core';
import * as z from 'zod';

/** Option field `probability`, of every transform that can be left out without changing a sample's size. */
export const probability = z
  .number()
  .min(0)
  .max(1)
  .default(1)
  .describe('Share of the samples changed; the others pass as they are.');

/** A transform that changes a share of the samples, drawn before anything else. */
export function sometimes(share: number, apply: Transform['apply']): Transform {
  return {
    apply: (sample, random): Sample => (random.uniform() < share ? apply(sample, random) : sample),
  };
}
