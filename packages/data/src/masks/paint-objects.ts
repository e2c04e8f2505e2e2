import type { Raster, Size } from '@segkit/core';

/** One object of an image. */
export interface PaintedObject {
  /** Its pixels, counted row by row from 0, each once. */
  readonly pixels: Int32Array;
  /** Class index. */
  readonly label: number;
}

/** How objects become labels. */
export interface PaintOptions {
  /** Label of pixels of no object. */
  readonly background: number;
  readonly ignoreIndex: number;
  /** What pixels of several objects belong to: the smallest, or nobody. */
  readonly overlap: 'smallest' | 'ignore';
  /** Pixels that are ignored where no object is. */
  readonly ignored?: readonly Int32Array[];
}

/** What objects look like together. */
export interface Painting {
  readonly labels: Raster<Int32Array>;
  /** The object's place in the list, from 1; 0 where there is none. */
  readonly instances: Raster<Int32Array>;
}

/** Paints objects over each other, large ones first; of equals, the later lies on top. */
export function paintObjects(
  { height, width }: Size,
  objects: readonly PaintedObject[],
  { background, ignoreIndex, overlap, ignored = [] }: PaintOptions,
): Painting {
  const labels = new Int32Array(height * width).fill(background);
  const instances = new Int32Array(height * width);
  for (const pixels of ignored) for (const pixel of pixels) labels[pixel] = ignoreIndex;
  const shared: number[] = [];
  const bySize = [...objects.entries()].sort(([, a], [, b]) => b.pixels.length - a.pixels.length);
  for (const [index, { pixels, label }] of bySize) {
    for (const pixel of pixels) {
      if (instances[pixel] !== 0) shared.push(pixel);
      labels[pixel] = label;
      instances[pixel] = index + 1;
    }
  }
  if (overlap === 'ignore') {
    for (const pixel of shared) {
      labels[pixel] = ignoreIndex;
      instances[pixel] = 0;
    }
  }
  const shape = { height, width, channels: 1 };
  return { labels: { ...shape, data: labels }, instances: { ...shape, data: instances } };
}
