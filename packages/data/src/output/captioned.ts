import type { Raster } from '@segkit/core';

import { drawText, textSize } from './draw-text.js';

/** Pixels around the caption. */
const margin = 4;

/**
 * Puts a line of text above an image, on white; what is wider than the image is cut off.
 * @param image - RGB bytes.
 * @returns RGB bytes.
 */
export function captioned(image: Raster<Uint8Array>, caption: string): Raster<Uint8Array> {
  const { width } = image;
  const top = textSize(caption).height + margin;
  const data = new Uint8Array(3 * width * (top + image.height)).fill(255);
  data.set(image.data, 3 * width * top);
  const sheet = { height: top + image.height, width, channels: 3, data };
  drawText(sheet, caption, { x: margin, y: margin });
  return sheet;
}
