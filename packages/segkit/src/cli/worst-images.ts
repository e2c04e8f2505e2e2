import type { ImageEvaluation, LabelSchema, Raster, Sample } from '@segkit/core';
import { captioned, colorize, errorMap, imageGrid, toRgb, visible } from '@segkit/data';
import { meanIoU } from '@segkit/metrics';

/** One image of the sheet. */
interface BadImage {
  /** The higher, the worse. */
  readonly badness: number;
  readonly caption: string;
  /** Drawn only if the image is still among the worst at the end. */
  readonly tiles: () => readonly Raster<Uint8Array>[];
}

/**
 * Keeps the images of an evaluation that came out worst: of the lowest mean IoU, or of the highest loss in
 * image-to-image tasks. No more than these are in memory.
 */
export class WorstImages {
  readonly #images: BadImage[] = [];
  readonly #limit: number;
  readonly #labels: LabelSchema;

  /** @param limit - How many to keep. */
  constructor(limit: number, labels: LabelSchema) {
    this.#limit = limit;
    this.#labels = labels;
  }

  /** Keeps an image if it is among the worst so far; one that is ignored altogether never is. */
  add(
    sample: Sample,
    prediction: Int32Array | undefined,
    output: Raster<Float32Array>,
    { id, loss, confusion }: ImageEvaluation,
  ): void {
    const score = confusion === undefined ? undefined : meanIoU(confusion);
    const badness = score === undefined ? loss : -score;
    if (Number.isNaN(badness)) return;
    const value =
      score === undefined ? `loss ${loss.toPrecision(4)}` : `mean IoU ${score.toFixed(4)}`;
    this.#images.push({
      badness,
      caption: `${id}  ${value}`,
      tiles: () => this.#tiles(sample, prediction, output),
    });
    this.#images.sort((a, b) => b.badness - a.badness);
    this.#images.length = Math.min(this.#images.length, this.#limit);
  }

  /**
   * Draws them, the worst on top: image, truth, prediction and errors, or image, target and output.
   * @returns RGB bytes; `undefined` without images.
   */
  draw(): Raster<Uint8Array> | undefined {
    if (this.#images.length === 0) return undefined;
    const rows = this.#images.map(({ caption, tiles }) => captioned(imageGrid([tiles()]), caption));
    return imageGrid(
      rows.map((row) => [row]),
      { minimumSide: 1 },
    );
  }

  #tiles(
    { image, labels: truth, target }: Sample,
    predicted: Int32Array | undefined,
    output: Raster<Float32Array>,
  ): readonly Raster<Uint8Array>[] {
    const shown = visible(image);
    if (predicted === undefined || truth === undefined) {
      return [shown, ...(target ? [target] : []), output].map((raster) => toRgb(raster));
    }
    const { classes, ignoreIndex } = this.#labels;
    const prediction = { ...truth, data: predicted };
    return [
      toRgb(shown),
      colorize(truth, classes),
      colorize(prediction, classes),
      errorMap(shown, { truth, prediction }, ignoreIndex),
    ];
  }
}
