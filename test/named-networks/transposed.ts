/**
 * The values of an array of at most four axes in another order of axes.
 * @param axes - For every axis of the result, which axis of the array it is.
 */
export function transposed(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const missing = Array.from({ length: 4 - shape.length }, () => 0);
  const step = [...missing, ...axes.map((axis) => steps[axis] ?? 0)];
  const length = [...missing.map(() => 1), ...axes.map((axis) => shape[axis] ?? 1)];
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = step;
  const [n0 = 1, n1 = 1, n2 = 1, n3 = 1] = length;
  const result = new Float32Array(values.length);
  let at = 0;
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      for (let k = 0; k < n2; k++) {
        let place = i * s0 + j * s1 + k * s2;
        for (let l = 0; l < n3; l++, place += s3) result[at++] = values[place] ?? Number.NaN;
      }
    }
  }
  return result;
}

/** One value of what {@link transposed} would give: that at `index`, row-major. */
export function entryOfTransposed(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
  index: number,
): number {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  let rest = index;
  let place = 0;
  for (const axis of axes.toReversed()) {
    const length = shape[axis] ?? 1;
    place += (rest % length) * (steps[axis] ?? 0);
    rest = Math.floor(rest / length);
  }
  return values[place] ?? Number.NaN;
}
