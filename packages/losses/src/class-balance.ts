import type { Raster } from '@segkit/core';

/**
 * Weights that let every class of one image count alike: `w_k = N / (K * n_k)` for the n_k pixels of class k, with N
 * counted pixels and K classes present, so the mean weight of counted pixels is 1.
 * @param labels - Class indices or `ignoreIndex`, one channel.
 * @returns One weight per pixel, row-major; 0 at ignored pixels.
 */
export function classBalance({ data }: Raster<Int32Array>, ignoreIndex: number): Float32Array {
  const counts = new Map<number, number>();
  let counted = 0;
  for (const label of data) {
    if (label === ignoreIndex) continue;
    counts.set(label, (counts.get(label) ?? 0) + 1);
    counted += 1;
  }
  const perClass = new Map<number, number>();
  for (const [label, count] of counts) perClass.set(label, counted / (counts.size * count));
  const weights = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) weights[i] = perClass.get(data[i] as number) ?? 0;
  return weights;
}
