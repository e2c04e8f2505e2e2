import type { Size } from '@segkit/core';

/**
 * Where every pixel of an image of this size comes from. It is told row by row, so that no map of the whole image is
 * held in memory.
 */
export interface SourceMap extends Size {
  /**
   * Writes where the pixels of row `y` come from.
   * @param rows - One source row for each column of the output, in pixels and fractions; pixel centres are integers.
   * @param columns - One source column for each.
   */
  readonly locate: (y: number, rows: Float64Array, columns: Float64Array) => void;
}
