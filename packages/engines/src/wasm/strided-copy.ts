/** One side of a copy: where it starts in the heap and how far apart neighbours lie, all in elements. */
export interface StridedRegion {
  readonly offset: number;
  readonly strides: readonly number[];
}

interface Axis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/** Below this many elements a plain loop beats the call to `copyWithin`. */
const shortestBlockCopy = 24;
/** Tile edge of a transposing copy: a tile of source and target together stays in the first-level cache. */
const tile = 32;

/**
 * Copies an n-dimensional region of the heap to another: `heap[to + i*toStrides] = heap[from + i*fromStrides]`
 * for every index `i` below `shape`. Slice, concat, tile, reverse, transpose, pad and space-to-batch are all
 * this copy with other strides.
 * @param heap - the whole WebAssembly heap seen as 4-byte elements (bit patterns are copied, so any 4-byte dtype).
 * @param shape - sizes of the region; source strides may be 0 (repeat) or negative (reverse).
 */
export function stridedCopy(
  heap: Int32Array,
  shape: readonly number[],
  from: StridedRegion,
  to: StridedRegion,
): void {
  if (shape.includes(0)) return;
  const axes = mergeAxes(shape, from.strides, to.strides);
  const inner = takeSmallest(axes, (axis) => axis.to) ?? { size: 1, from: 1, to: 1 };
  if (inner.from === 1 && inner.to === 1 && inner.size >= shortestBlockCopy) {
    forEachOffset(axes, from.offset, to.offset, (source, target) => {
      heap.copyWithin(target, source, source + inner.size);
    });
    return;
  }
  const second = takeSmallest(axes, (axis) => Math.abs(axis.from)) ?? { size: 1, from: 0, to: 0 };
  forEachOffset(axes, from.offset, to.offset, (source, target) => {
    copyPlane(heap, source, target, second, inner);
  });
}

function copyPlane(
  heap: Int32Array,
  source: number,
  target: number,
  outer: Axis,
  inner: Axis,
): void {
  const { size: rows, from: fromRow, to: toRow } = outer;
  const { size: columns, from: fromColumn, to: toColumn } = inner;
  for (let row0 = 0; row0 < rows; row0 += tile) {
    const row1 = Math.min(row0 + tile, rows);
    for (let column0 = 0; column0 < columns; column0 += tile) {
      const column1 = Math.min(column0 + tile, columns);
      for (let row = row0; row < row1; row++) {
        let s = source + row * fromRow + column0 * fromColumn;
        let t = target + row * toRow + column0 * toColumn;
        for (let column = column0; column < column1; column++) {
          heap[t] = heap[s] ?? 0;
          s += fromColumn;
          t += toColumn;
        }
      }
    }
  }
}

/** Drops axes of size 1 and joins neighbours that are contiguous on both sides. */
function mergeAxes(
  shape: readonly number[],
  fromStrides: readonly number[],
  toStrides: readonly number[],
): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const axis = { size, from: fromStrides[i] ?? 0, to: toStrides[i] ?? 0 };
    const last = axes.at(-1);
    if (last?.from === axis.from * size && last.to === axis.to * size) {
      axes[axes.length - 1] = { ...axis, size: last.size * size };
    } else {
      axes.push(axis);
    }
  });
  return axes;
}

function takeSmallest(axes: Axis[], key: (axis: Axis) => number): Axis | undefined {
  let best = -1;
  let smallest = Infinity;
  axes.forEach((axis, i) => {
    if (key(axis) <= smallest) {
      smallest = key(axis);
      best = i;
    }
  });
  return best < 0 ? undefined : axes.splice(best, 1)[0];
}

function forEachOffset(
  axes: readonly Axis[],
  source: number,
  target: number,
  visit: (source: number, target: number) => void,
): void {
  const [axis, ...rest] = axes;
  if (axis === undefined) {
    visit(source, target);
    return;
  }
  for (let i = 0; i < axis.size; i++) {
    forEachOffset(rest, source + i * axis.from, target + i * axis.to, visit);
  }
}
