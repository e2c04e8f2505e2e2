import type { RandomStream } from '@segkit/core';
import * as z from 'zod';

/** What a number is drawn from: `neutral - option … neutral + option`, or from the first to the second of two. */
export type RangeOption = number | readonly [number, number];

/** Lowest and highest value of a uniform draw. */
export type Range = readonly [number, number];

/**
 * An option that is a distance from the neutral value or the range itself.
 * @param least - Lower bound of what may be drawn.
 */
export function rangeOption(neutral: number, least = -Infinity) {
  const furthest = least === -Infinity ? Infinity : neutral - least;
  return z.union([
    z.number().min(0).max(furthest),
    z
      .tuple([z.number().min(least), z.number().min(least)])
      .readonly()
      .refine(([low, high]) => low <= high, { error: 'expected the lower bound first' }),
  ]);
}

/**
 * An option that is a number, or the range that it is drawn from.
 * @param item - What both bounds must be.
 */
export function spanOption(item: z.ZodNumber) {
  return z.union([
    item,
    z
      .tuple([item, item])
      .readonly()
      .refine(([low, high]) => low <= high, { error: 'expected the lower bound first' }),
  ]);
}

/** The range that a {@link spanOption} means: a number stands for itself. */
export function spanOf(option: number | Range): Range {
  return typeof option === 'number' ? [option, option] : option;
}

/** The range that a {@link rangeOption} means. */
export function rangeOf(option: RangeOption, neutral: number): Range {
  return typeof option === 'number' ? [neutral - option, neutral + option] : option;
}

/** Uniform in a range. */
export function drawFrom([low, high]: Range, random: RandomStream): number {
  return low + (high - low) * random.uniform();
}
