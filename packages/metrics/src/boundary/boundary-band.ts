import type { Mask } from './mask-box.js';

/**
 * The pixels of a mask at most `distance` from its contour: the mask without its erosion by a square of side
 * `2 distance + 1`, beyond the raster being outside. A square erodes along rows and columns in turn.
 * @param distance - Whole pixels, at least 1.
 * @see https://arxiv.org/abs/2103.16562
 */
export function boundaryBand({ height, width, data }: Mask, distance: number): Mask {
  const alongRows = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) erodeLine(data, alongRows, y * width, 1, width, distance);
  const eroded = new Uint8Array(data.length);
  for (let x = 0; x < width; x++) erodeLine(alongRows, eroded, x, width, height, distance);
  return {
    height,
    width,
    channels: 1,
    data: data.map((inside, i) => inside - (eroded[i] as number)),
  };
}

/** Keeps of every run of ones along a line what is more than `distance` away from its ends. */
function erodeLine(
  from: Uint8Array,
  to: Uint8Array,
  start: number,
  step: number,
  length: number,
  distance: number,
): void {
  for (let at = 0; at < length;) {
    let end = at;
    while (end < length && from[start + end * step] === 1) end += 1;
    for (let k = at + distance; k < end - distance; k++) to[start + k * step] = 1;
    at = end + 1;
  }
}
