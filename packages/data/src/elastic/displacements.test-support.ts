import type { Size } from '@segkit/core';

import type { SourceMap } from '../warp/source-map.js';
import type { Surroundings } from '../warp/warp-sample.js';

/** For tests: outside lies the image's mirror image, labels included. */
export const mirrored: Surroundings = {
  ...{ border: 'reflect', forgetOutside: false },
  ...{ fill: 0, label: 0, weight: 0 },
};

/** For tests: how far a map moves every pixel, in pixels, row-major. */
export function displacements(map: SourceMap): { dy: Float64Array; dx: Float64Array } {
  const { height, width } = map;
  const dy = new Float64Array(height * width);
  const dx = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    const [rows, columns] = [dy, dx].map((all) => all.subarray(y * width, (y + 1) * width));
    map.locate(y, rows!, columns!);
    for (let x = 0; x < width; x++) {
      rows![x]! -= y;
      columns![x]! -= x;
    }
  }
  return { dy, dx };
}

/** For tests: the map that moves every pixel by what is given. */
export function displaced(size: Size, dy: Float32Array, dx: Float32Array): SourceMap {
  return {
    ...size,
    locate(y, rows, columns) {
      for (let x = 0; x < size.width; x++) {
        rows[x] = y + dy[y * size.width + x]!;
        columns[x] = x + dx[y * size.width + x]!;
      }
    },
  };
}
