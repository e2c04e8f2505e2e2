import { Dropout, Dropout2d } from '@segkit/core';
import * as z from 'zod';

/** What a dropout drops at once. */
export const dropoutUnitOption = z
  .enum(['channel', 'value'])
  .default('channel')
  .describe(
    'What is dropped at once: a "channel" of a sample or, as in the 2015 paper, a "value".',
  );

/** One of the values of `dropoutUnitOption`. */
export type DropoutUnit = z.output<typeof dropoutUnitOption>;

/** A dropout of channels or of values. */
export function dropoutOf(unit: DropoutUnit, rate: number): Dropout | Dropout2d {
  return unit === 'channel' ? new Dropout2d({ rate }) : new Dropout({ rate });
}
