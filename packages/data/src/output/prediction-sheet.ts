import { DataError, type LabelSchema, type Raster, type Sample } from '@segkit/core';

import { imageGrid, toRgb } from './image-grid.js';
import { labelSheet, type SheetRow } from './label-sheet.js';

/** Collects samples with what a network makes of them, and draws them as image | truth (or target) | prediction. */
export class PredictionSheet {
  readonly #rows: SheetRow[] = [];
  /** Of image-to-image networks. */
  readonly #imageRows: Raster<Uint8Array>[][] = [];

  /** Images so far. */
  get length(): number {
    return this.#rows.length + this.#imageRows.length;
  }

  /**
   * Adds a row.
   * @param prediction - Class indices; `undefined` in image-to-image tasks.
   * @param output - The image that an image-to-image network made, `[height, width, 1 or 3]` float32 in [0, 1].
   */
  add(sample: Sample, prediction: Int32Array | undefined, output: Raster<Float32Array>): void {
    const image = visible(sample.image);
    if (prediction === undefined) {
      const shown = [image, ...(sample.target ? [sample.target] : []), output];
      this.#imageRows.push(shown.map((raster) => toRgb(raster)));
      return;
    }
    const { height, width } = sample.image;
    this.#rows.push({
      image,
      ...(sample.labels && { truth: sample.labels }),
      prediction: { height, width, channels: 1, data: prediction },
    });
  }

  /**
   * Draws the sheet.
   * @returns RGB bytes, for `writePng`.
   * @throws DataError if there is nothing to draw.
   */
  draw({ classes }: Pick<LabelSchema, 'classes'>): Raster<Uint8Array> {
    if (this.length === 0) throw new DataError('sheet: there are no images to draw; add some.');
    return this.#rows.length > 0 ? labelSheet(this.#rows, classes) : imageGrid(this.#imageRows);
  }
}

/** An image in [0, 1]; one that a transform normalised is stretched to that range. */
export function visible(image: Raster<Float32Array>): Raster<Float32Array> {
  let low = Infinity;
  let high = -Infinity;
  for (const value of image.data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low >= 0 && high <= 1) return image;
  return { ...image, data: image.data.map((value) => (value - low) / (high - low || 1)) };
}
