/** No tensor that a network uses has more axes. */
const maxRank = 32;

/** Number of elements of a shape, or `undefined` if it is no shape or the number cannot be told exactly. */
export function elementCount(shape: readonly number[]): number | undefined {
  if (shape.length > maxRank) return undefined;
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return undefined;
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const length of shape) {
    count *= length;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}
