import type { PixelArray } from '@segkit/core';

/** How the pixels of a second mask tell the objects of the first one's classes apart. */
export interface ObjectCoding {
  /** The object's id, or 0 where the code stands for none. */
  readonly idOf: (code: number) => number;
  readonly ignoreIndex: number;
}

/**
 * Ids of objects, 0 where there is none: where the label is ignored or the background, class 0, an object is nobody's.
 * @param labels - One for each code.
 */
export function objectIds(
  codes: PixelArray,
  labels: Int32Array,
  { idOf, ignoreIndex }: ObjectCoding,
): Int32Array {
  const ids = new Int32Array(codes.length);
  for (let i = 0; i < ids.length; i++) {
    const label = labels[i] as number;
    if (label !== 0 && label !== ignoreIndex) ids[i] = idOf(codes[i] as number);
  }
  return ids;
}
