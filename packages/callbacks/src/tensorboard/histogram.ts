/** How values spread, as TensorBoard's histograms want it. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  /** Values counted. */
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Upper ends of the buckets, rising. */
  readonly limits: readonly number[];
  /** Values in each bucket. */
  readonly counts: readonly number[];
}

/** As many as TensorBoard draws. */
const bucketCount = 30;

/**
 * Counts values in 30 buckets of one width from the least to the greatest; values that all are equal share one bucket.
 * @param values - NaN and infinities are left out.
 * @returns `undefined` if no value is left.
 */
export function histogramOf(values: Float32Array): Histogram | undefined {
  let min = Infinity;
  let max = -Infinity;
  let count = 0;
  let sum = 0;
  let sumOfSquares = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    count += 1;
    sum += value;
    sumOfSquares += value * value;
  }
  if (count === 0) return undefined;
  const summary = { min, max, count, sum, sumOfSquares };
  const width = (max - min) / bucketCount;
  if (width === 0) return { ...summary, limits: [max], counts: [count] };
  const counts = new Array<number>(bucketCount).fill(0);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const bucket = Math.min(bucketCount - 1, Math.floor((value - min) / width));
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  const limits = counts.map((_, bucket) =>
    bucket === bucketCount - 1 ? max : min + (bucket + 1) * width,
  );
  return { ...summary, limits, counts };
}
