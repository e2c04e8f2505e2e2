import type { PixelArray } from '@segkit/core';

/** Labels made from codes. */
export interface CodedLabels {
  /** One label per pixel. */
  readonly labels: Int32Array;
  /** Pixels by code. */
  readonly counts: ReadonlyMap<number, number>;
}

/**
 * Translates codes to labels and counts them.
 * @param fallback - Label of codes that mean nothing; the counts tell whether there were any.
 */
export function translateCodes(
  codes: PixelArray,
  meaning: ReadonlyMap<number, number>,
  fallback: number,
): CodedLabels {
  const labels = new Int32Array(codes.length);
  const counts = new Map<number, number>();
  let start = 0;
  // Masks are runs of equal codes: one look-up serves a run.
  for (let i = 1; i <= codes.length; i++) {
    const code = codes[start] as number;
    if (i < codes.length && codes[i] === code) continue;
    labels.fill(meaning.get(code) ?? fallback, start, i);
    counts.set(code, (counts.get(code) ?? 0) + i - start);
    start = i;
  }
  return { labels, counts };
}
