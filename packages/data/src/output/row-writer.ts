import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Raster } from '@segkit/core';

/** Writes an image row by row; the file appears under its name when it is whole. */
export interface RowWriter {
  /** Adds rows below those before. */
  write(rows: Raster): Promise<void>;
  /**
   * Finishes the file and gives it its name.
   * @throws ShapeError if rows are missing.
   */
  close(): Promise<void>;
  /** Removes what was written so far. */
  abort(): Promise<void>;
}

/** What fills a file; whoever made the file closes and names it. */
export interface FileFiller extends Pick<RowWriter, 'write'> {
  finish(): Promise<void>;
}

/** A writer of a file beside the one that it becomes. Folders are made as needed. */
export async function writeAside(
  path: string,
  fill: (file: FileHandle) => FileFiller,
): Promise<RowWriter> {
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${randomUUID()}.tmp`;
  const file = await open(aside, 'w');
  const filler = fill(file);
  return {
    write: (rows) => filler.write(rows),
    close: async () => {
      await filler.finish();
      await file.close();
      await rename(aside, path);
    },
    abort: async () => {
      await file.close();
      await rm(aside, { force: true });
    },
  };
}
