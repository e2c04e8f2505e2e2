import type { Size } from '@segkit/core';
import * as z from 'zod';

const length = z.number().int().positive().optional();

/** Option fields that give a size: either `size` for a square, or `height` and `width`. */
export const sizeFields = {
  size: length.describe('Height and width in pixels, for squares.'),
  height: length.describe('Height in pixels; give width too.'),
  width: length.describe('Width in pixels; give height too.'),
};

interface SizeOptions {
  readonly size?: number | undefined;
  readonly height?: number | undefined;
  readonly width?: number | undefined;
}

/** The size that the options give, or `undefined` if they give none. */
export function sizeOf({ size, height, width }: SizeOptions): Size | undefined {
  if (size !== undefined) return { height: size, width: size };
  return height === undefined || width === undefined ? undefined : { height, width };
}

/** Whether the options give no size; for `refine`. */
export function givesNoSize({ size, height, width }: SizeOptions): boolean {
  return size === undefined && height === undefined && width === undefined;
}

/** Whether the options give exactly one size; for `refine`. */
export function givesOneSize({ size, height, width }: SizeOptions): boolean {
  const sides = [height, width].filter((side) => side !== undefined).length;
  return size === undefined ? sides === 2 : sides === 0;
}

/** The complaint of a failed {@link givesOneSize}. */
export const oneSizeMessage = 'expected either size, or height and width';
