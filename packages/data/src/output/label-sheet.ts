import type { LabelClass, Raster } from '@segkit/core';

import { imageGrid, toRgb, type GridOptions } from './image-grid.js';
import { colorize, overlay } from './overlay.js';

/** One row of a sheet. */
export interface SheetRow {
  /** `[height, width, 1 or 3]` float32 in [0, 1], before `normalize`. */
  readonly image: Raster<Float32Array>;
  /** Class indices; left out where there is no truth. */
  readonly truth?: Raster<Int32Array>;
  /** Class indices. */
  readonly prediction: Raster<Int32Array>;
}

/** How a sheet looks. */
export interface SheetOptions extends GridOptions {
  /** 1 shows truth and prediction in plain class colours, less lays them over the image. Default 1. */
  readonly opacity?: number;
}

/**
 * A sheet to look at: image | truth | prediction (or image | prediction without truth), one row for each sample.
 * @returns RGB bytes, for {@link writePng}.
 * @throws ShapeError if labels to lay over an image have another size.
 */
export function labelSheet(
  rows: readonly SheetRow[],
  classes: readonly Pick<LabelClass, 'color'>[],
  { opacity = 1, ...grid }: SheetOptions = {},
): Raster<Uint8Array> {
  const tiles = rows.map(({ image, truth, prediction }) => {
    const labels = truth === undefined ? [prediction] : [truth, prediction];
    const drawn = labels.map((raster) =>
      opacity >= 1 ? colorize(raster, classes) : overlay(image, raster, classes, { opacity }),
    );
    return [toRgb(image), ...drawn];
  });
  return imageGrid(tiles, grid);
}
