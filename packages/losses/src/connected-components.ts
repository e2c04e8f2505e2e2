import type { Raster } from '@segkit/core';

/** The smallest provisional label that `label` is joined with; shortens the way for the next look-up. */
function find(parents: Int32Array, label: number): number {
  let root = label;
  while (parents[root] !== root) root = parents[root] as number;
  let current = label;
  while (parents[current] !== root) {
    const next = parents[current] as number;
    parents[current] = root;
    current = next;
  }
  return root;
}

/**
 * Numbers the connected components of a mask 1, 2, …, in the order of their first pixel; 0 is outside the mask.
 * Pixels are connected over their edges (4-connectivity), so objects that touch at a corner stay apart, as in
 * `scipy.ndimage.label`. Two passes with union-find.
 * @param mask - One channel; non-zero is inside.
 */
export function connectedComponents({
  height,
  width,
  data,
}: Raster<Uint8Array>): Raster<Int32Array> {
  const labels = new Int32Array(height * width);
  // A checkerboard has the most components: half of the pixels.
  const parents = new Int32Array(Math.ceil((height * width) / 2) + 1);
  let count = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] === 0) continue;
      const above = y > 0 ? (labels[i - width] as number) : 0;
      const left = x > 0 ? (labels[i - 1] as number) : 0;
      if (above === 0 && left === 0) {
        count += 1;
        parents[count] = count;
        labels[i] = count;
      } else if (above === 0 || left === 0) {
        labels[i] = above + left;
      } else {
        const a = find(parents, above);
        const b = find(parents, left);
        labels[i] = Math.min(a, b);
        parents[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  const numbers = new Int32Array(count + 1);
  let components = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (label === 0) continue;
    const root = find(parents, label);
    if (numbers[root] === 0) numbers[root] = ++components;
    labels[i] = numbers[root] as number;
  }
  return { height, width, channels: 1, data: labels };
}
