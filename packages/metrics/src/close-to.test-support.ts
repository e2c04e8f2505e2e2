import { expect } from 'vitest';

/** For tests: matches a number to 8 decimals; `null`, as fixtures write NaN, matches NaN. */
export function closeTo(value: number | null): unknown {
  return value === null ? Number.NaN : (expect.closeTo(value, 8) as unknown);
}
