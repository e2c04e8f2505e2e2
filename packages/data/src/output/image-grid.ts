import type { Raster } from '@segkit/core';

import { toColor } from '../reading/read-image.js';
import { resizeNearest } from '../rasters/resize-nearest.js';
import { toBytes } from './write-png.js';

/** How to lay out a grid. */
export interface GridOptions {
  /** Pixels between images and around them. Default 4. */
  readonly gap?: number;
  /** Smaller images are enlarged by a whole factor until their shorter side reaches this. Default 192. */
  readonly minimumSide?: number;
}

/** Enlarges by a whole factor, each pixel becoming a square. */
function enlarge(image: Raster<Uint8Array>, minimumSide: number): Raster<Uint8Array> {
  const { height, width } = image;
  const factor = Math.ceil(minimumSide / Math.min(height, width));
  if (factor <= 1) return image;
  return resizeNearest(image, { height: factor * height, width: factor * width });
}

/** Colours of an image as RGB bytes. @param image - 1 or 3 channels, float32 in [0, 1]. */
export function toRgb(image: Raster<Float32Array>): Raster<Uint8Array> {
  return toBytes(toColor(image));
}

function sideOf(images: readonly Raster<Uint8Array>[], side: 'height' | 'width'): number {
  return images.reduce((longest, image) => Math.max(longest, image[side]), 0);
}

/** Where lines start that follow one another with gaps, and where the last one ends. */
function starts(lengths: readonly number[], gap: number): readonly number[] {
  const edges = [gap];
  for (const length of lengths) edges.push((edges.at(-1) ?? 0) + length + gap);
  return edges;
}

/**
 * Lays out images in rows and columns on white; each stands at the top left of its cell.
 * @param rows - RGB bytes.
 * @returns RGB bytes.
 */
export function imageGrid(
  rows: readonly (readonly Raster<Uint8Array>[])[],
  { gap = 4, minimumSide = 192 }: GridOptions = {},
): Raster<Uint8Array> {
  const tiles = rows.map((row) => row.map((image) => enlarge(image, minimumSide)));
  const columns = Math.max(0, ...tiles.map((row) => row.length));
  const columnOf = (index: number) => tiles.flatMap((row) => row.slice(index, index + 1));
  const tops = starts(
    tiles.map((row) => sideOf(row, 'height')),
    gap,
  );
  const lefts = starts(
    Array.from({ length: columns }, (_, index) => sideOf(columnOf(index), 'width')),
    gap,
  );
  const height = tops.at(-1) ?? gap;
  const width = lefts.at(-1) ?? gap;
  const data = new Uint8Array(3 * height * width).fill(255);
  tiles.forEach((row, r) => {
    row.forEach((tile, c) => {
      const start = 3 * (Number(tops[r]) * width + Number(lefts[c]));
      for (let y = 0; y < tile.height; y++) {
        const line = tile.data.subarray(3 * y * tile.width, 3 * (y + 1) * tile.width);
        data.set(line, start + 3 * y * width);
      }
    });
  });
  return { height, width, channels: 3, data };
}
