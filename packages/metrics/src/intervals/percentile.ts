/**
 * The value below which a fraction of the values lie, linear between ranks, as `numpy.percentile`.
 * @param sorted - Ascending, without NaN.
 * @param fraction - In [0, 1].
 * @returns NaN if there are no values.
 */
export function percentile(sorted: ArrayLike<number>, fraction: number): number {
  const at = fraction * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low] ?? Number.NaN;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] ?? Number.NaN;
  return below + (at - low) * (above - below);
}
