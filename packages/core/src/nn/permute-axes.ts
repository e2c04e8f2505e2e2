/**
 * Numbers with their axes in another order, as `tf.transpose` gives them.
 * @param values - Row-major in `shape`.
 * @param axes - For each axis of the result, which one of `shape` it is.
 * @returns A new array.
 */
export function permuteAxes(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array {
  const permuted = new Float32Array(values.length);
  const strides = stridesIn(shape, axes);
  const rows = shape.slice(0, -1);
  const length = shape.at(-1) ?? 1;
  const stride = strides.at(-1) ?? 1;
  const index = rows.map(() => 0);
  let to = 0;
  for (let from = 0; from < values.length; from += length) {
    for (let i = 0; i < length; i++) permuted[to + i * stride] = values[from + i] as number;
    // The next row: the index counts up, and so does the place of its first number.
    for (let axis = rows.length - 1; axis >= 0; axis--) {
      const [step, end] = [strides[axis] as number, rows[axis] as number];
      const next = (index[axis] as number) + 1;
      to += step;
      if (next < end) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      to -= end * step;
    }
  }
  return permuted;
}

/** How far apart in the result neighbours along each axis of `shape` lie. */
function stridesIn(shape: readonly number[], axes: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  let stride = 1;
  for (const axis of axes.toReversed()) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}
