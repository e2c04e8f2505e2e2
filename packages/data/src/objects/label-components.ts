import { DataError, type Raster } from '@segkit/core';

/** A horizontal run of pixels of one object. */
export interface Run {
  readonly row: number;
  /** First column. */
  readonly start: number;
  /** One past the last column. */
  readonly end: number;
}

/** A connected group of pixels of one class. */
export interface LabelObject {
  /** Counted from 1, in the order of their first pixels. */
  readonly id: number;
  /** The class. */
  readonly label: number;
  /** Pixels. */
  readonly area: number;
  /** From top to bottom, in a row from left to right. */
  readonly runs: readonly Run[];
}

/**
 * Finds the connected components of every class but class 0, which is background, row by row. Pixels are connected by their
 * sides. Memory grows with the outlines, not with the pixels.
 */
export class LabelComponents {
  #row = 0;
  readonly #rows: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #labels: number[] = [];
  readonly #parents: number[] = [];
  /** First run of the row before. */
  #before = 0;

  /** Adds rows below those before. @param rows - One channel of class indices; negative ones are background. */
  add({ height, width, data }: Raster<Int32Array>): void {
    for (let y = 0; y < height; y++) {
      const first = this.#starts.length;
      this.#addRow(data.subarray(y * width, (y + 1) * width));
      this.#join(first);
      this.#before = first;
      this.#row++;
    }
  }

  #addRow(labels: Int32Array): void {
    for (let start = 0; start < labels.length;) {
      const label = labels[start] as number;
      let end = start + 1;
      while (end < labels.length && labels[end] === label) end++;
      if (label > 0) {
        this.#parents.push(this.#starts.length);
        this.#rows.push(this.#row);
        this.#starts.push(start);
        this.#ends.push(end);
        this.#labels.push(label);
      }
      start = end;
    }
  }

  /** Joins the runs from `first` on with those of the row before that they touch. */
  #join(first: number): void {
    let above = this.#before;
    for (let run = first; run < this.#starts.length; run++) {
      while (above < first && this.#number(this.#ends, above) <= this.#number(this.#starts, run)) {
        above++;
      }
      for (
        let other = above;
        other < first && this.#number(this.#starts, other) < this.#number(this.#ends, run);
        other++
      ) {
        if (this.#labels[other] === this.#labels[run]) this.#unite(other, run);
      }
    }
  }

  #number(list: readonly number[], index: number): number {
    return list[index] as number;
  }

  #unite(a: number, b: number): void {
    const [one, other] = [this.#root(a), this.#root(b)];
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }

  #root(run: number): number {
    let at = run;
    while (this.#parents[at] !== at) {
      const parent = this.#parents[at] as number;
      this.#parents[at] = this.#parents[parent] as number;
      at = parent;
    }
    return at;
  }

  /** The objects of all rows so far. @param minimumArea - Smaller ones, in pixels, are left out. */
  objects(minimumArea = 1): LabelObject[] {
    const byRoot = new Map<number, Run[]>();
    this.#starts.forEach((start, run) => {
      const root = this.#root(run);
      const runs = byRoot.get(root) ?? [];
      byRoot.set(root, runs);
      runs.push({
        row: this.#number(this.#rows, run),
        start,
        end: this.#number(this.#ends, run),
      });
    });
    return [...byRoot]
      .map(([root, runs]) => ({
        label: this.#number(this.#labels, root),
        area: runs.reduce((sum, { start, end }) => sum + end - start, 0),
        runs,
      }))
      .filter(({ area }) => area >= minimumArea)
      .map((object, index) => ({ id: index + 1, ...object }));
  }
}

/** Rows of object ids in a band. */
const bandRows = 256;

/**
 * Draws objects as a map of their ids, 0 being background, in bands of rows from top to bottom.
 * @throws DataError if there are more than `most` objects.
 */
export function* drawObjects(
  objects: readonly LabelObject[],
  { height, width }: Pick<Raster, 'height' | 'width'>,
  most: number,
): Generator<Raster<Int32Array>> {
  if (objects.length > most) {
    throw new DataError(
      `instances: expected at most ${String(most)} objects, found ${String(objects.length)}; leave small ones out by a minimum size.`,
    );
  }
  const bands = new Map<number, (Run & { readonly id: number })[]>();
  for (const { id, runs } of objects) {
    for (const run of runs) {
      const band = Math.floor(run.row / bandRows);
      const list = bands.get(band) ?? [];
      bands.set(band, list);
      list.push({ ...run, id });
    }
  }
  for (let top = 0; top < height; top += bandRows) {
    const rows = Math.min(bandRows, height - top);
    const data = new Int32Array(rows * width);
    for (const { row, start, end, id } of bands.get(top / bandRows) ?? []) {
      data.fill(id, (row - top) * width + start, (row - top) * width + end);
    }
    yield { height: rows, width, channels: 1, data };
  }
}
