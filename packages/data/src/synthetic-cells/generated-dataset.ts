import { DataError, type Dataset, type Sample } from '@segkit/core';

/**
 * A data set of gray images that are drawn when asked for.
 * @param path - Where the data set stands in the config.
 * @param draw - Draws a sample; the same index always gives the same one.
 */
export function generatedDataset(
  length: number,
  path: string,
  draw: (index: number) => Sample,
): Dataset {
  return {
    length,
    channels: 1,
    prepare: () => Promise.resolve(),
    load: (index) =>
      index >= 0 && index < length
        ? Promise.resolve(draw(index))
        : Promise.reject(
            new DataError(
              `${path}: expected an index in 0..${String(length - 1)}, received ${String(index)}.`,
            ),
          ),
  };
}
