import { ShapeError } from '@segkit/core';

/**
 * The map that the centre put out: the last of the feature maps.
 * @param skips - Number of skips that the decoder was made for.
 * @param where - Opens the error message.
 * @throws ShapeError if there are more or fewer maps than one per skip and the centre's.
 */
export function deepestOf<T>(features: readonly T[], skips: number, where: string): T {
  const last = features[skips];
  if (last !== undefined && features.length === skips + 1) return last;
  throw new ShapeError(
    `${where}: expected ${String(skips + 1)} feature maps, received ${String(features.length)}; ` +
      'pass those of the backbone it was made for.',
  );
}

/** The skip of a decoder's step; step 0 joins the deepest one, which stands before the centre's map. */
export function skipOf<T>(features: readonly T[], step: number): T {
  return features[features.length - 2 - step] as T;
}
