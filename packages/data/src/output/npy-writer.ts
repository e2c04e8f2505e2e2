import { ShapeError, type Raster } from '@segkit/core';

import { writeAside, type RowWriter } from './row-writer.js';

/**
 * Writes a float32 image as `.npy`, `[height, width, channels]`, row by row.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function openNpy(
  path: string,
  { height, width, channels }: Omit<Raster, 'data'>,
): Promise<RowWriter> {
  return writeAside(path, (file) => {
    const head = npyHeader([height, width, channels]);
    let rows = 0;
    const started = file.write(head);
    return {
      write: async (band) => {
        await started;
        rows += band.height;
        const data = Float32Array.from(band.data);
        await file.write(new Uint8Array(data.buffer));
      },
      finish: () => {
        if (rows === height) return Promise.resolve();
        throw new ShapeError(`npy: expected ${String(height)} rows, received ${String(rows)}.`);
      },
    };
  });
}

/** Magic, version 1.0, length and a Python dictionary, padded with spaces to a multiple of 64 bytes. */
function npyHeader(shape: readonly number[]): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(length, 8);
  return Buffer.concat([head, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')]);
}
