import type { PixelArray } from '@segkit/core';

/** Calls back for every run of equal codes: a run has one meaning, and masks are made of long ones. */
function forRuns(
  codes: PixelArray,
  tell: (code: number, start: number, end: number) => void,
): void {
  let start = 0;
  for (let i = 1; i <= codes.length; i++) {
    const code = codes[start] as number;
    if (i < codes.length && codes[i] === code) continue;
    tell(code, start, i);
    start = i;
  }
}

/**
 * Translates codes to labels.
 * @param fallback - Label of codes that mean nothing.
 */
export function translateCodes(
  codes: PixelArray,
  meaning: ReadonlyMap<number, number>,
  fallback: number,
): Int32Array {
  const labels = new Int32Array(codes.length);
  if (codes instanceof Uint8Array) {
    const table = new Int32Array(256).fill(fallback);
    for (const [code, label] of meaning) if (code < table.length) table[code] = label;
    for (let i = 0; i < labels.length; i++) labels[i] = table[codes[i] as number] as number;
  } else {
    forRuns(codes, (code, start, end) => labels.fill(meaning.get(code) ?? fallback, start, end));
  }
  return labels;
}

/** Counts the pixels of every code. */
export function countCodes(codes: PixelArray): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  forRuns(codes, (code, start, end) => {
    counts.set(code, (counts.get(code) ?? 0) + end - start);
  });
  return counts;
}
