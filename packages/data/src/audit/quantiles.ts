import type { Quantiles } from './audit-report.js';

/** The value at a share of the way through sorted values: the nearest rank, so one that occurs. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** Describes a distribution. @param values - At least one. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, p5, median, p95, max] = [0, 0.05, 0.5, 0.95, 1].map((share) =>
    quantile(sorted, share),
  ) as [number, number, number, number, number];
  return { min, p5, median, p95, max };
}
