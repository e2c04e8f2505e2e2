import type { Size } from '@segkit/core';

/** What lies outside an image: its mirror image (borders not repeated), its border pixels, or one value. */
export type Border = 'reflect' | 'edge' | 'constant';

/** How positions outside an image are understood. */
export interface BorderRule {
  readonly border: Border;
  /** Whether labels outside are taken from nowhere, also where the border shows something. */
  readonly forgetOutside: boolean;
}

/** What the pixels of one output row are made of. All arrays have the output's width. */
export interface RowTaps {
  /** Index of the upper left of four pixels, in a source that is padded by {@link paddingOf} on every side. */
  readonly at: Int32Array;
  /** Share of the right pixels, 0-1. */
  readonly across: Float64Array;
  /** Share of the lower pixels, 0-1. */
  readonly down: Float64Array;
  /** Index of the nearest pixel in the source without padding; -1 where it is outside and does not count. */
  readonly nearest: Int32Array;
}

/** Room for the taps of a row. */
export function createRowTaps(width: number): RowTaps {
  return {
    at: new Int32Array(width),
    across: new Float64Array(width),
    down: new Float64Array(width),
    nearest: new Int32Array(width),
  };
}

/** Pixels that a source needs around it: a constant border is blended with the image's outermost pixels. */
export function paddingOf(border: Border): number {
  return border === 'constant' ? 1 : 0;
}

/** Brings a position to where the border says that its value lies. */
function settle(position: number, length: number, border: Border): number {
  const last = length - 1;
  if (border === 'edge') return Math.min(Math.max(position, 0), last);
  if (border === 'constant') return Math.min(Math.max(position, -1), length);
  if (last === 0) return 0;
  const folded = Math.abs(position) % (2 * last);
  return folded > last ? 2 * last - folded : folded;
}

/** Whether a pixel nearest to the position exists. */
function isInside(position: number, length: number): boolean {
  return position >= -0.5 && position < length - 0.5;
}

/**
 * Finds the pixels that a row of the output is made of.
 * @param rows - Source rows, as a {@link SourceMap} tells them.
 * @param columns - Source columns.
 * @param size - The source's, without padding.
 */
export function fillRowTaps(
  { at, across, down, nearest }: RowTaps,
  rows: Float64Array,
  columns: Float64Array,
  { height, width }: Size,
  { border, forgetOutside }: BorderRule,
): void {
  const padding = paddingOf(border);
  const stride = width + 2 * padding;
  // The lower right of the four pixels must exist, so the last pixel is reached from the one before it.
  const lastTop = Math.max(height + padding - 2, 0);
  const lastLeft = Math.max(width + padding - 2, 0);
  const drop = forgetOutside || border === 'constant';
  for (let x = 0; x < at.length; x++) {
    let row = rows[x] as number;
    let column = columns[x] as number;
    let known = true;
    if (!(row >= 0 && row <= height - 1 && column >= 0 && column <= width - 1)) {
      known = !drop || (isInside(row, height) && isInside(column, width));
      row = settle(row, height, border);
      column = settle(column, width, border);
    }
    // Truncation rounds down from -padding on.
    const top = Math.min(((row + padding) | 0) - padding, lastTop);
    const left = Math.min(((column + padding) | 0) - padding, lastLeft);
    at[x] = (top + padding) * stride + left + padding;
    down[x] = row - top;
    across[x] = column - left;
    nearest[x] = known ? ((row + 0.5) | 0) * width + ((column + 0.5) | 0) : -1;
  }
}
