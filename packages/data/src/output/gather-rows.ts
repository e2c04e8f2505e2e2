import type { Raster } from '@segkit/core';

import type { RowWriter } from './row-writer.js';
import { writeAtomically } from './write-atomically.js';

/** Gathers rows of an image in memory and writes it when it is whole, for formats that are encoded in one piece. */
export function gatherRows<T extends Raster['data']>(
  path: string,
  whole: Raster<T>,
  encode: (image: Raster<T>) => Uint8Array | Promise<Uint8Array>,
): RowWriter {
  let filled = 0;
  return {
    write: ({ data }) => {
      whole.data.set(data, filled);
      filled += data.length;
      return Promise.resolve();
    },
    close: async () => {
      await writeAtomically(path, await encode(whole));
    },
    abort: () => Promise.resolve(),
  };
}
