/** How the bytes of a PNG lie. */
export interface FilteredRows {
  readonly height: number;
  /** Bytes of a row, without the one that names its filter. */
  readonly rowBytes: number;
  /** Bytes of a pixel, at least 1: how far back the neighbour to the left is. */
  readonly pixelBytes: number;
}

/** Where a row begins and ends. */
interface Row {
  readonly start: number;
  readonly end: number;
}

/** Writes a row of which `line` is what its filter left. */
type Undo = (rows: Uint8Array, line: Uint8Array, row: Row, layout: FilteredRows) => void;

const undoNone: Undo = (rows, line, { start }) => {
  rows.set(line, start);
};

const undoSub: Undo = (rows, line, { start, end }, { pixelBytes }) => {
  for (let byte = start; byte < start + pixelBytes; byte++) {
    let left = 0;
    for (let i = byte; i < end; i += pixelBytes) {
      left = (left + (line[i - start] as number)) & 255;
      rows[i] = left;
    }
  }
};

const undoUp: Undo = (rows, line, { start, end }, { rowBytes }) => {
  for (let i = start; i < end; i++) {
    rows[i] = (line[i - start] as number) + (rows[i - rowBytes] as number);
  }
};

const undoAverage: Undo = (rows, line, { start, end }, { rowBytes, pixelBytes }) => {
  for (let byte = start; byte < start + pixelBytes; byte++) {
    let left = 0;
    for (let i = byte; i < end; i += pixelBytes) {
      const above = start === 0 ? 0 : (rows[i - rowBytes] as number);
      left = ((line[i - start] as number) + ((left + above) >> 1)) & 255;
      rows[i] = left;
    }
  }
};

/** Adds which of left, above and above left is nearest to `left + above - aboveLeft`; of equals, the first. */
const undoPaeth: Undo = (rows, line, { start, end }, { rowBytes, pixelBytes }) => {
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
      left = (nearest + (line[i - start] as number)) & 255;
      rows[i] = left;
      aboveLeft = above;
    }
  }
};

const filters: readonly Undo[] = [undoNone, undoSub, undoUp, undoAverage, undoPaeth];

/** The first row has nothing above, which counts as 0. */
const firstFilters: readonly Undo[] = [undoNone, undoSub, undoNone, undoAverage, undoSub];

/**
 * Undoes the filters of a PNG's rows, in place: a row moves to the front by the bytes that name the filters so far.
 * @param rows - Every row as one byte that names its filter, and its differences from what the filter foretells.
 * @returns The rows without the first byte, in the same memory; `undefined` if there is no such filter.
 * @see https://www.w3.org/TR/png-3/#9Filters
 */
export function unfilterRows(rows: Uint8Array, layout: FilteredRows): Uint8Array | undefined {
  const { height, rowBytes } = layout;
  const line = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const start = y * rowBytes;
    const undo = (y === 0 ? firstFilters : filters)[rows[start + y] as number];
    if (undo === undefined) return undefined;
    // A row that was undone lies where the next one begins.
    line.set(rows.subarray(start + y + 1, start + y + 1 + rowBytes));
    undo(rows, line, { start, end: start + rowBytes }, layout);
  }
  return rows.subarray(0, height * rowBytes);
}
