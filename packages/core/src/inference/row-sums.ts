import type { Raster } from '../tensor/raster.js';
import type { Size } from '../tensor/size.js';
import type { Span } from './plan-axis.js';
import { viewIndex, type View } from './views.js';

/** What the network made of one view of one window. */
export interface WindowOutput {
  readonly view: View;
  /** Size of the window before it was turned. */
  readonly window: Size;
  /** Probabilities of the view, which may be of its middle only. */
  readonly output: Raster<Float32Array>;
  /** Where the window begins in the image: negative where it reaches over its border. */
  readonly top: number;
  readonly left: number;
  readonly row: Span;
  readonly column: Span;
  /** Its share in the average over views. */
  readonly share: number;
}

/** Weighted sums of overlapping windows, for those rows of an image that are not finished yet. */
export class RowSums {
  readonly #width: number;
  readonly #channels: number;
  /** First row that is kept. */
  #top = 0;
  #sums = new Float32Array();
  #weights = new Float32Array();

  constructor(width: number, channels: number) {
    this.#width = width;
    this.#channels = channels;
  }

  /** Adds that part of a window which its spans name. */
  add({ view, window, output, top, left, row, column, share }: WindowOutput): void {
    this.#growTo(row.to);
    const { first, perRow, perColumn } = viewIndex(view, window, output);
    const [channels, width] = [this.#channels, this.#width];
    for (let y = row.from; y < row.to; y++) {
      const across = (row.weights?.[y - row.from] ?? 1) * share;
      const start = first + (y - top) * perRow - left * perColumn;
      for (let x = column.from; x < column.to; x++) {
        const weight = across * (column.weights?.[x - column.from] ?? 1);
        const to = (y - this.#top) * width + x;
        const from = (start + x * perColumn) * channels;
        this.#weights[to] = (this.#weights[to] as number) + weight;
        for (let c = 0; c < channels; c++) {
          const at = to * channels + c;
          this.#sums[at] = (this.#sums[at] as number) + weight * (output.data[from + c] as number);
        }
      }
    }
  }

  /** The averages of all rows before `row`, which are then forgotten. */
  take(row: number): { readonly top: number; readonly probabilities: Raster<Float32Array> } {
    const height = row - this.#top;
    const pixels = height * this.#width;
    const data = this.#sums.slice(0, pixels * this.#channels);
    for (let pixel = 0, at = 0; pixel < pixels; pixel++) {
      const weight = this.#weights[pixel] as number;
      for (let c = 0; c < this.#channels; c++, at++) data[at] = (data[at] as number) / weight;
    }
    this.#sums = this.#sums.slice(pixels * this.#channels);
    this.#weights = this.#weights.slice(pixels);
    const top = this.#top;
    this.#top = row;
    return {
      top,
      probabilities: { height, width: this.#width, channels: this.#channels, data },
    };
  }

  #growTo(row: number): void {
    const pixels = (row - this.#top) * this.#width;
    if (this.#weights.length >= pixels) return;
    const [sums, weights] = [this.#sums, this.#weights];
    this.#sums = new Float32Array(pixels * this.#channels);
    this.#sums.set(sums);
    this.#weights = new Float32Array(pixels);
    this.#weights.set(weights);
  }
}
