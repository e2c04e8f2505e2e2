import type { Mask } from './mask-box.js';

/**
 * The pixels of a mask that are beside a pixel outside it, over edges; beyond the raster is outside. It is the mask
 * without its erosion by a cross.
 */
export function contour({ height, width, data }: Mask): Mask {
  const border = new Uint8Array(data.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] === 0) continue;
      const inner =
        y > 0 &&
        x > 0 &&
        y + 1 < height &&
        x + 1 < width &&
        data[i - width] === 1 &&
        data[i - 1] === 1 &&
        data[i + 1] === 1 &&
        data[i + width] === 1;
      border[i] = inner ? 0 : 1;
    }
  }
  return { height, width, channels: 1, data: border };
}
