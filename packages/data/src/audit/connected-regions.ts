import type { Raster } from '@segkit/core';

/**
 * Numbers the connected regions of equal labels 1, 2, …; 0 is outside. Pixels are connected over their edges, as in
 * `scipy.ndimage.label` of each class. Two passes with union-find.
 * @param labels - One channel of class indices.
 * @param counts - Whether regions of a label are wanted.
 */
export function connectedRegions(
  { height, width, data }: Raster<Int32Array>,
  counts: (label: number) => boolean,
): Raster<Int32Array> {
  const regions = new Int32Array(height * width);
  const parents = [0];
  const root = (region: number): number => {
    let current = region;
    while (parents[current] !== current) {
      // Halves the way for the next look-up.
      parents[current] = parents[parents[current] as number] as number;
      current = parents[current] as number;
    }
    return current;
  };
  let wanted = false;
  let last: number | undefined;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const label = data[i] as number;
      if (label !== last) {
        last = label;
        wanted = counts(label);
      }
      if (!wanted) continue;
      const left = x > 0 && data[i - 1] === label ? (regions[i - 1] as number) : 0;
      const above = y > 0 && data[i - width] === label ? (regions[i - width] as number) : 0;
      if (left === 0 && above === 0) {
        regions[i] = parents.length;
        parents.push(parents.length);
      } else {
        regions[i] = left === 0 ? above : left;
        if (left !== 0 && above !== 0 && left !== above) {
          const [a, b] = [root(left), root(above)];
          parents[Math.max(a, b)] = Math.min(a, b);
        }
      }
    }
  }
  for (let i = 0; i < regions.length; i++) {
    const region = regions[i] as number;
    if (region !== 0) regions[i] = root(region);
  }
  return { height, width, channels: 1, data: regions };
}
