import { formatSize, sameSize, ShapeError, type LabelClass, type Raster } from '@segkit/core';

import { toColor } from '../reading/read-image.js';
import { toBytes } from './write-png.js';

/** How to blend. */
export interface OverlayOptions {
  /** Share of the class colour, 0-1. Default 0.5. */
  readonly opacity?: number;
  /** Class that is not tinted, so that the image shows; `null` tints all. Default 0. */
  readonly clear?: number | null;
}

/**
 * Class colours as an image.
 * @param labels - Class indices; pixels of no class (ignored ones) become gray.
 * @returns RGB bytes.
 */
export function colorize(
  labels: Raster<Int32Array>,
  classes: readonly Pick<LabelClass, 'color'>[],
): Raster<Uint8Array> {
  const { height, width } = labels;
  const data = new Uint8Array(3 * labels.data.length);
  labels.data.forEach((label, at) => {
    data.set(classes[label]?.color ?? [128, 128, 128], 3 * at);
  });
  return { height, width, channels: 3, data };
}

/**
 * Tints an image in the classes' colours. Ignored pixels are not tinted.
 * @param image - `[height, width, 1 or 3]` float32 in [0, 1], before `normalize`.
 * @param labels - One channel of class indices, of the image's size.
 * @returns RGB bytes.
 * @throws ShapeError if the sizes differ.
 */
export function overlay(
  image: Raster<Float32Array>,
  labels: Raster<Int32Array>,
  classes: readonly Pick<LabelClass, 'color'>[],
  { opacity = 0.5, clear = 0 }: OverlayOptions = {},
): Raster<Uint8Array> {
  if (!sameSize(image, labels)) {
    throw new ShapeError(
      `overlay: expected labels of the image's size ${formatSize(image)}, received ${formatSize(labels)}; restore the prediction first.`,
    );
  }
  const { data, ...shape } = toBytes(toColor(image));
  labels.data.forEach((label, at) => {
    const color = classes[label]?.color;
    if (color === undefined || label === clear) return;
    for (const [channel, value] of color.entries()) {
      const under = data[3 * at + channel] as number;
      data[3 * at + channel] = Math.round(under + opacity * (value - under));
    }
  });
  return { ...shape, data };
}
