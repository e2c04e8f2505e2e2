import type { Raster } from '@segkit/core';

/**
 * Whether flipping a pixel changes no topology: exactly one object is beside it over edges, and one separator over
 * edges and corners. It is Yokoi's connectivity number being 1.
 * @param pixels - Row-major, with a border around the image.
 * @see https://doi.org/10.1016/0167-8655(94)90046-9
 */
function isSimple(pixels: Uint8Array, at: number, width: number): boolean {
  const north = pixels[at - width] as number;
  const south = pixels[at + width] as number;
  const west = pixels[at - 1] as number;
  const east = pixels[at + 1] as number;
  const number =
    east * (1 - (pixels[at - width + 1] as number) * north) +
    north * (1 - (pixels[at - width - 1] as number) * west) +
    west * (1 - (pixels[at + width - 1] as number) * south) +
    south * (1 - (pixels[at + width + 1] as number) * east);
  return number === 1;
}

/** Copies a mask into a frame of zeros. */
function framed({ height, width, data }: Raster<Uint8Array>): Uint8Array {
  const frame = new Uint8Array((height + 2) * (width + 2));
  for (let y = 0; y < height; y++) {
    frame.set(data.subarray(y * width, (y + 1) * width), (y + 1) * (width + 2) + 1);
  }
  return frame;
}

/**
 * Warping error of one image: the true objects are warped towards the prediction by flipping simple points, which moves
 * outlines but neither splits nor merges, makes nor removes objects and holes; what still differs is counted.
 *
 * The order is that of the challenge's evaluation: passes over the differing pixels, those the prediction is surest of
 * first and among equals columns from the left, each from the top, until a pass changes the count no more. Objects join over edges, the separator over corners too, and around
 * the image is separator.
 * @param truth - One channel; 1 in objects, 0 in the separator.
 * @param prediction - The same, of the same size.
 * @param confidence - How sure the prediction is of each pixel. Default: equally.
 * @returns Pixels that differ after warping.
 * @see https://doi.org/10.1109/CVPR.2010.5539950
 */
export function warpingMismatches(
  truth: Raster<Uint8Array>,
  prediction: Raster<Uint8Array>,
  confidence?: Float32Array,
): number {
  const width = truth.width + 2;
  const [source, target] = [framed(truth), framed(prediction)];
  let candidates: number[] = [];
  for (let x = 1; x <= truth.width; x++) {
    for (let y = 1; y <= truth.height; y++) candidates.push(y * width + x);
  }
  candidates = candidates.filter((at) => source[at] !== target[at]);
  if (confidence !== undefined) {
    const sureness = (at: number): number =>
      confidence[(Math.floor(at / width) - 1) * truth.width + (at % width) - 1] as number;
    candidates.sort((a, b) => sureness(b) - sureness(a));
  }
  for (let before = -1; ;) {
    candidates = candidates.filter((at) => source[at] !== target[at]);
    if (candidates.length === 0 || candidates.length === before) return candidates.length;
    before = candidates.length;
    for (const at of candidates) {
      if (isSimple(source, at, width)) source[at] = target[at] as number;
    }
  }
}
