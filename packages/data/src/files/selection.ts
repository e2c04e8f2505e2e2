import { DataError } from '@segkit/core';
import * as z from 'zod';

const position = z.number().int().min(0);

/** Option that takes a part of a list of samples. */
export const rangeField = z
  .tuple([position, position])
  .readonly()
  .refine(([from, to]) => from < to, { error: 'expected [from, to] with from < to' })
  .optional();

/** For data sets that are given as lists. */
export const rangeFields = {
  range: rangeField.describe(
    'Use samples [from, to) of the list, counted from 0; [24, 30] is the last six of thirty. Default: all.',
  ),
};

/**
 * The part of a list that a range chooses.
 * @param where - Names the list in errors.
 * @throws DataError if the list is too short.
 */
export function takeRange<T>(
  items: readonly T[],
  range: readonly [number, number] | undefined,
  where: string,
): readonly T[] {
  if (range === undefined) return items;
  const [from, to] = range;
  if (to <= items.length) return items.slice(from, to);
  throw new DataError(
    `${where}: expected at least ${String(to)} images for range [${String(from)}, ${String(to)}], found ${String(items.length)}; lower the range.`,
  );
}

/** For data sets that are given as folders. */
export const selectionFields = {
  range: rangeField.describe(
    'Use images [from, to) of the sorted names, counted from 0; [24, 30] is the last six of thirty.',
  ),
  files: z
    .array(z.string().min(1))
    .min(1)
    .readonly()
    .optional()
    .describe('Use the images of these names, without extension.'),
  split: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Use the images that this text file inside root lists, one name without extension per line.',
    ),
};

/** Options of {@link selectionFields}. */
interface Selected {
  readonly range?: unknown;
  readonly files?: unknown;
  readonly split?: unknown;
}

/** Whether at most one way to choose is given. */
export function isOneSelection({ range, files, split }: Selected): boolean {
  return [range, files, split].filter((one) => one !== undefined).length < 2;
}

/** What is wrong otherwise. */
export const selectionError = {
  error: 'expected at most one of range, files and split; leave the others out',
};
