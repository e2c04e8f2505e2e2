import { DataError, type LabelSchema, type Raster, type Sample } from '@segkit/core';
import { imageGrid, labelSheet, toRgb, writePng, type SheetRow } from '@segkit/data';

import { visibleImage } from './visible-image.js';

/** Images on a sheet. */
const maximumRows = 8;

/** Collects the first images of an evaluation and draws them as image | truth (or target) | prediction. */
export class EvaluationSheet {
  readonly #rows: SheetRow[] = [];
  /** Of image-to-image networks. */
  readonly #imageRows: Raster<Uint8Array>[][] = [];

  /** Keeps an image, unless there are enough. */
  add(sample: Sample, prediction: Int32Array | undefined, output: Raster<Float32Array>): void {
    if (this.#rows.length + this.#imageRows.length === maximumRows) return;
    const image = visibleImage(sample.image);
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
   * Writes the sheet as PNG.
   * @throws DataError if there is nothing to draw.
   */
  async write(path: string, { classes }: LabelSchema): Promise<void> {
    if (this.#rows.length + this.#imageRows.length === 0) {
      throw new DataError('--sheet: the split has no images, so there is nothing to draw.');
    }
    const drawn =
      this.#rows.length > 0 ? labelSheet(this.#rows, classes) : imageGrid(this.#imageRows);
    await writePng(path, drawn);
  }
}
