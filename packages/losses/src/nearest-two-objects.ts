import type { Raster } from '@segkit/core';

/** Distances in pixels to the nearest and to the second-nearest object; `Infinity` if beyond the limit. */
export interface NearestTwo {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** For every pixel, the two nearest objects within its own column: ids (0 for none) and squared distances. */
interface ColumnNearest {
  readonly ids1: Int32Array;
  readonly squares1: Int32Array;
  readonly ids2: Int32Array;
  readonly squares2: Int32Array;
}

const far = 0x7fffffff;

/**
 * One sweep over the rows, down or up, that keeps for every column the last two distinct objects met and where, and
 * offers them to every pixel.
 */
function sweep(objects: Raster<Int32Array>, nearest: ColumnNearest, upwards: boolean): void {
  const { height, width, data } = objects;
  const { ids1, squares1, ids2, squares2 } = nearest;
  const lastIds = new Int32Array(width);
  const lastRows = new Int32Array(width);
  const otherIds = new Int32Array(width);
  const otherRows = new Int32Array(width);
  for (let step = 0; step < height; step++) {
    const y = upwards ? height - 1 - step : step;
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const id = data[i] as number;
      if (id > 0) {
        if (id !== lastIds[x]) {
          otherIds[x] = lastIds[x] as number;
          otherRows[x] = lastRows[x] as number;
          lastIds[x] = id;
        }
        lastRows[x] = y;
      }
      for (let candidate = 0; candidate < 2; candidate++) {
        const found = (candidate === 0 ? lastIds[x] : otherIds[x]) as number;
        if (found === 0) break;
        const rows = y - ((candidate === 0 ? lastRows[x] : otherRows[x]) as number);
        const square = rows * rows;
        if (square < (squares1[i] as number)) {
          if (found !== ids1[i]) {
            ids2[i] = ids1[i] as number;
            squares2[i] = squares1[i] as number;
            ids1[i] = found;
          }
          squares1[i] = square;
        } else if (found !== ids1[i] && square < (squares2[i] as number)) {
          ids2[i] = found;
          squares2[i] = square;
        }
      }
    }
  }
}

/** The two nearest objects of every pixel within its column. */
function nearestInColumns(objects: Raster<Int32Array>): ColumnNearest {
  const size = objects.height * objects.width;
  const nearest = {
    ids1: new Int32Array(size),
    squares1: new Int32Array(size).fill(far),
    ids2: new Int32Array(size),
    squares2: new Int32Array(size).fill(far),
  };
  sweep(objects, nearest, false);
  sweep(objects, nearest, true);
  return nearest;
}

/**
 * Exact Euclidean distances from every background pixel to its nearest and second-nearest object, measured between
 * pixel centres. An object that is third in a column cannot be among the first two through that column, so two
 * candidates per column suffice; a pixel then looks left and right until no column can be nearer. The cost does not
 * depend on the number of objects.
 * @param objects - One channel of object ids; 0 and below are background.
 * @param limit - Pixels of distance beyond which nobody wants to know: shortens the search.
 */
export function nearestTwoObjects(objects: Raster<Int32Array>, limit: number): NearestTwo {
  const { height, width, data } = objects;
  const { ids1, squares1, ids2, squares2 } = nearestInColumns(objects);
  const first = new Float32Array(height * width).fill(Infinity);
  const second = new Float32Array(height * width).fill(Infinity);
  const limitSquare = Math.min(limit * limit, far - 1);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if ((data[i] as number) > 0) continue;
      let bestId = 0;
      let best = far;
      let next = limitSquare + 1;
      const reach = Math.max(x, width - 1 - x);
      for (let dx = 0; dx <= reach; dx++) {
        const square = dx * dx;
        if (square >= next) break;
        // Left column, then right column; once at dx = 0.
        for (let side = -1; side <= (dx === 0 ? -1 : 1); side += 2) {
          const column = x + side * dx;
          if (column < 0 || column >= width) continue;
          const j = i + side * dx;
          for (let candidate = 0; candidate < 2; candidate++) {
            const id = (candidate === 0 ? ids1[j] : ids2[j]) as number;
            if (id === 0) break;
            const distance = square + ((candidate === 0 ? squares1[j] : squares2[j]) as number);
            if (distance < best) {
              if (id !== bestId) {
                next = Math.min(best, next);
                bestId = id;
              }
              best = distance;
            } else if (id !== bestId && distance < next) {
              next = distance;
            }
          }
        }
      }
      if (best <= limitSquare) first[i] = Math.sqrt(best);
      if (next <= limitSquare) second[i] = Math.sqrt(next);
    }
  }
  return { first, second };
}
