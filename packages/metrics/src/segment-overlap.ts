/** Pixels that a true and a predicted segment share; segment 0 is what belongs to none. */
export interface SegmentPair {
  readonly truth: number;
  readonly prediction: number;
  readonly pixels: number;
}

/**
 * The contingency table of two segmentations, without its zeros.
 * @param truth - Segment numbers from 0 on.
 * @param prediction - Segment numbers from 0 on, as many.
 */
export function segmentOverlap(truth: Int32Array, prediction: Int32Array): readonly SegmentPair[] {
  const columns = prediction.reduce((most, segment) => Math.max(most, segment), 0) + 1;
  const counts = new Map<number, number>();
  for (let i = 0; i < truth.length;) {
    const [t, p] = [truth[i] as number, prediction[i] as number];
    let end = i + 1;
    while (end < truth.length && truth[end] === t && prediction[end] === p) end += 1;
    const key = t * columns + p;
    counts.set(key, (counts.get(key) ?? 0) + end - i);
    i = end;
  }
  return [...counts].map(([key, pixels]) => ({
    truth: Math.floor(key / columns),
    prediction: key % columns,
    pixels,
  }));
}
