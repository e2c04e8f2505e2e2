/** Pixels that a true and a predicted segment share; 0 is what belongs to none. */
export interface SegmentPair {
  readonly truth: number;
  readonly prediction: number;
  readonly pixels: number;
}

/**
 * The contingency table of two segmentations, without its zeros, in the order of the true, then of the predicted ids.
 * Most pixels are like their left neighbour: runs are counted, not pixels.
 * @param truth - Ids of segments, in any numbering.
 * @param prediction - As many.
 */
export function segmentOverlap(truth: Int32Array, prediction: Int32Array): readonly SegmentPair[] {
  const counts = new Map<number, Map<number, number>>();
  for (let i = 0; i < truth.length;) {
    const [t, p] = [truth[i] as number, prediction[i] as number];
    let end = i + 1;
    while (end < truth.length && truth[end] === t && prediction[end] === p) end += 1;
    let row = counts.get(t);
    if (row === undefined) counts.set(t, (row = new Map<number, number>()));
    row.set(p, (row.get(p) ?? 0) + end - i);
    i = end;
  }
  return [...counts]
    .flatMap(([t, row]) => [...row].map(([p, pixels]) => ({ truth: t, prediction: p, pixels })))
    .sort((a, b) => a.truth - b.truth || a.prediction - b.prediction);
}

/** Pixels of every true or every predicted segment by its id, in the order of the ids. */
export function segmentSizes(
  pairs: readonly SegmentPair[],
  side: 'truth' | 'prediction',
): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  for (const pair of pairs) sizes.set(pair[side], (sizes.get(pair[side]) ?? 0) + pair.pixels);
  return new Map([...sizes].sort(([a], [b]) => a - b));
}
