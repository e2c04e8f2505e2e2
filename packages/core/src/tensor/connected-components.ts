import type { Raster } from './raster.js';

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

/** Which pixels are neighbours. */
export interface ConnectivityOptions {
  /** 4: over edges, so that objects that touch at a corner stay apart; 8: over corners too. Default 4. */
  readonly connectivity?: 4 | 8;
}

/** Joins the sets of two provisional labels, 0 being none, and returns the label of both. */
function join(parents: Int32Array, first: number, second: number): number {
  if (first === 0 || second === 0 || first === second) return first === 0 ? second : first;
  const a = find(parents, first);
  const b = find(parents, second);
  parents[Math.max(a, b)] = Math.min(a, b);
  return Math.min(a, b);
}

/**
 * Numbers the connected components of equal values 1, 2, …, in the order of their first pixel; 0 is outside of all.
 * Over edges it is `scipy.ndimage.label` of each value. Two passes with union-find.
 * @param image - One channel: a mask, or labels in which 0 is what has no components.
 */
export function connectedComponents(
  { height, width, data }: Raster<Uint8Array | Int32Array>,
  { connectivity = 4 }: ConnectivityOptions = {},
): Raster<Int32Array> {
  const labels = new Int32Array(height * width);
  // At worst every pixel differs from its neighbours.
  const parents = new Int32Array(height * width + 1);
  let count = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const value = data[i];
      if (value === 0) continue;
      const above = y > 0 && data[i - width] === value ? (labels[i - width] as number) : 0;
      const left = x > 0 && data[i - 1] === value ? (labels[i - 1] as number) : 0;
      let label = join(parents, above, left);
      // A pixel above has joined its own neighbours already.
      if (connectivity === 8 && y > 0 && above === 0) {
        for (let j = i - width - 1; j <= i - width + 1; j += 2) {
          const inRow = j >= (y - 1) * width && j < y * width;
          if (inRow && data[j] === value) label = join(parents, label, labels[j] as number);
        }
      }
      if (label === 0) {
        label = ++count;
        parents[count] = count;
      }
      labels[i] = label;
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
