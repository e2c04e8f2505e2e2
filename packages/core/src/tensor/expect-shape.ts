import type { Tensor } from '@tensorflow/tfjs-core';

import { ShapeError } from '../errors.js';

/** Expected shape: a number pins a dimension, `null` leaves it free. */
export type ShapePattern = readonly (number | null)[];

/** A shape as people write it: `2x128x128x3`; free dimensions are `?`. */
export function formatShape(shape: ShapePattern): string {
  return shape.map((size) => (size === null ? '?' : String(size))).join('x');
}

/**
 * Checks a tensor's shape.
 * @param where - What is being checked, e.g. `conv2d: filter`; opens the error message.
 * @param fix - What the caller can do about it; closes the error message.
 * @throws ShapeError if rank or a pinned dimension differs.
 */
export function expectShape(
  tensor: Pick<Tensor, 'shape'>,
  pattern: ShapePattern,
  where: string,
  fix?: string,
): void {
  const { shape } = tensor;
  const fits =
    shape.length === pattern.length &&
    pattern.every((size, axis) => size === null || size === shape[axis]);
  if (fits) return;
  const advice = fix === undefined ? '' : `; ${fix}`;
  throw new ShapeError(
    `${where} must be ${formatShape(pattern)}, received ${formatShape(shape)}${advice}.`,
  );
}
