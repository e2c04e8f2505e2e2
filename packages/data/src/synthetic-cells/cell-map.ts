import type { Raster, Size } from '@segkit/core';

import { outlineAt, type Cell } from './cell-shapes.js';

/** Half the width of the background line between touching cells, in pixels. */
const halfGap = 0.75;

/** Objects of fewer pixels are left out: slivers at the image's edge or between neighbours. */
const smallestObject = 24;

/** Where the cells are. All rasters share one size and have one channel. */
export interface CellMap {
  /** 0 outside; cell k has id k + 1 (before small ones are left out and ids closed up). */
  readonly instances: Raster<Int32Array>;
  /** Pixels to the outline of the deepest cell, positive inside, or to the line towards a touching one. */
  readonly depth: Float32Array;
  /** Depth over the outline's distance from the centre: 1 in the centre, 0 at the outline. */
  readonly centrality: Float32Array;
  /** Index into the cells of each id, from id 1. */
  readonly cellOf: readonly number[];
}

interface Claims {
  /** Index of the cell that a pixel lies deepest in, or -1. */
  readonly owner: Int32Array;
  /** Depth in the owner. */
  readonly first: Float32Array;
  /** Depth in the next cell. */
  readonly second: Float32Array;
  readonly centrality: Float32Array;
}

/** For every pixel the two cells that it lies deepest in; outside, those whose outlines are nearest. */
function claim(cells: readonly Cell[], { height, width }: Size): Claims {
  const owner = new Int32Array(height * width).fill(-1);
  const first = new Float32Array(owner.length).fill(-99);
  const second = new Float32Array(owner.length).fill(-99);
  const centrality = new Float32Array(owner.length);
  cells.forEach((cell, index) => {
    // The outline's waves add at most a third; 3 pixels more serve the dark rim.
    const reach = 1.33 * cell.axes[0] + 3;
    const bottom = Math.min(height - 1, Math.floor(cell.y + reach));
    const right = Math.min(width - 1, Math.floor(cell.x + reach));
    for (let y = Math.max(0, Math.ceil(cell.y - reach)); y <= bottom; y++) {
      for (let x = Math.max(0, Math.ceil(cell.x - reach)); x <= right; x++) {
        const at = y * width + x;
        const dy = y - cell.y;
        const dx = x - cell.x;
        // Math.hypot is many times slower; the small number keeps the centre from dividing by zero.
        const distance = Math.sqrt(dy * dy + dx * dx) + 1e-9;
        const outline = outlineAt(cell, dy, dx, distance);
        const depth = outline - distance;
        if (depth > (first[at] as number)) {
          second[at] = first[at] as number;
          first[at] = depth;
          owner[at] = index;
          centrality[at] = depth / outline;
        } else if (depth > (second[at] as number)) {
          second[at] = depth;
        }
      }
    }
  });
  return { owner, first, second, centrality };
}

/**
 * Draws cells into an id map. Where two press against each other, the border is where a pixel lies equally deep in
 * both, and a thin line along it belongs to the background, as in hand-made masks that keep touching cells apart.
 */
export function drawCellMap(cells: readonly Cell[], size: Size): CellMap {
  const { owner, first, second, centrality } = claim(cells, size);
  const depth = first.map((deepest, at) =>
    Math.min(deepest, (deepest - (second[at] as number)) / 2 - halfGap),
  );
  const areas = new Int32Array(cells.length);
  owner.forEach((cell, at) => {
    if (cell >= 0 && (depth[at] as number) > 0) areas[cell] = (areas[cell] as number) + 1;
  });
  const cellOf = cells
    .map((_, index) => index)
    .filter((index) => Number(areas[index]) >= smallestObject);
  const idOf = new Int32Array(cells.length);
  cellOf.forEach((cell, index) => {
    idOf[cell] = index + 1;
  });
  const data = owner.map((cell, at) =>
    cell >= 0 && (depth[at] as number) > 0 ? Number(idOf[cell]) : 0,
  );
  return { instances: { ...size, channels: 1, data }, depth, centrality, cellOf };
}
