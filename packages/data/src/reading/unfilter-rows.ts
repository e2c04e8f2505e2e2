/** How the bytes of a PNG lie. */
export interface FilteredRows {
  readonly height: number;
  /** Bytes of a row, without the one that names its filter. */
  readonly rowBytes: number;
  /** Bytes of a pixel, at least 1: how far back the neighbour to the left is. */
  readonly pixelBytes: number;
}

/** Where a row begins in the result, where it ends, and how much further it lies in what is filtered. */
interface Row {
  readonly start: number;
  readonly end: number;
  readonly shift: number;
}

type Undo = (rows: Uint8Array, filtered: Uint8Array, row: Row, layout: FilteredRows) => void;

const undoNone: Undo = (rows, filtered, { start, end, shift }) => {
  rows.set(filtered.subarray(start + shift, end + shift), start);
};

const undoSub: Undo = (rows, filtered, { start, end, shift }, { pixelBytes }) => {
  for (let byte = start; byte < start + pixelBytes; byte++) {
    let left = 0;
    for (let i = byte; i < end; i += pixelBytes) {
      left = (left + (filtered[i + shift] as number)) & 255;
      rows[i] = left;
    }
  }
};

const undoUp: Undo = (rows, filtered, { start, end, shift }, { rowBytes }) => {
  for (let i = start; i < end; i++) {
    rows[i] = (filtered[i + shift] as number) + (rows[i - rowBytes] as number);
  }
};

const undoAverage: Undo = (rows, filtered, { start, end, shift }, { rowBytes, pixelBytes }) => {
  for (let byte = start; byte < start + pixelBytes; byte++) {
    let left = 0;
    for (let i = byte; i < end; i += pixelBytes) {
      const above = start === 0 ? 0 : (rows[i - rowBytes] as number);
      left = ((filtered[i + shift] as number) + ((left + above) >> 1)) & 255;
      rows[i] = left;
    }
  }
};

/** Adds which of left, above and above left is nearest to `left + above - aboveLeft`; of equals, the first. */
const undoPaeth: Undo = (rows, filtered, { start, end, shift }, { rowBytes, pixelBytes }) => {
  for (let byte = start; byte < start + pixelBytes; byte++) {
    let left = 0;
    let aboveLeft = 0;
    for (let i = byte; i < end; i += pixelBytes) {
      const above = rows[i - rowBytes] as number;
      // Every pixel chooses anew, so a processor would guess branches wrongly: sign bits choose instead.
      const threshold = 3 * aboveLeft - left - above;
      const rise = above - left;
      const fall = rise & (rise >> 31);
      const low = left + fall;
      const high = above - fall;
      const middle = low ^ ((low ^ aboveLeft) & ((threshold - high) >> 31));
      const nearest = high ^ ((high ^ middle) & ((low - threshold) >> 31));
      left = (nearest + (filtered[i + shift] as number)) & 255;
      rows[i] = left;
      aboveLeft = above;
    }
  }
};

const filters: readonly Undo[] = [undoNone, undoSub, undoUp, undoAverage, undoPaeth];

/** The first row has nothing above, which counts as 0. */
const firstFilters: readonly Undo[] = [undoNone, undoSub, undoNone, undoAverage, undoSub];

/**
 * Undoes the filters of a PNG's rows.
 * @param filtered - Every row as one byte that names its filter, and its differences from what the filter foretells.
 * @returns The rows without the first byte; `undefined` if there is no such filter.
 * @see https://www.w3.org/TR/png-3/#9Filters
 */
export function unfilterRows(
  filtered: Uint8Array,
  layout: FilteredRows,
): Uint8Array<ArrayBuffer> | undefined {
  const { height, rowBytes } = layout;
  const rows = new Uint8Array(height * rowBytes);
  for (let y = 0; y < height; y++) {
    const start = y * rowBytes;
    const filter = filtered[start + y] as number;
    const undo = (y === 0 ? firstFilters : filters)[filter];
    if (undo === undefined) return undefined;
    undo(rows, filtered, { start, end: start + rowBytes, shift: y + 1 }, layout);
  }
  return rows;
}
