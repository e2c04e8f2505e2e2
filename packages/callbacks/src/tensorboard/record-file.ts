import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { appendWhole } from '../append-whole.js';
import { maskedCrc32c } from './masked-crc32c.js';

/** Names tried in one second before it is an error. */
const attempts = 1000;

/** Frames a record: its length, the length's checksum, the data, the data's checksum; all little-endian. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/**
 * A file of records, which readers follow while it grows. A record that the disk refuses is taken back, because
 * readers stop at a damaged one.
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export class RecordFile {
  readonly path: string;
  readonly #descriptor: number;
  #size = 0;
  #open = true;

  /**
   * Makes a file that is not there yet.
   * @param prefix - The name up to its last dot; a number follows.
   */
  constructor(folder: string, prefix: string) {
    mkdirSync(folder, { recursive: true });
    for (let count = 0; ; count++) {
      const path = join(folder, `${prefix}.${String(count)}`);
      try {
        this.#descriptor = openSync(path, 'wx');
        this.path = path;
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || count >= attempts) throw error;
      }
    }
  }

  /** Appends a record; it reaches the operating system before this returns. */
  append(data: Uint8Array): void {
    this.#size = appendWhole(this.#descriptor, this.#size, encodeRecord(data));
  }

  /** Flushes to disk and closes; closing again does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      fsyncSync(this.#descriptor);
    } finally {
      closeSync(this.#descriptor);
    }
  }

  /** Closes and removes the file. */
  discard(): void {
    this.#open = false;
    closeSync(this.#descriptor);
    rmSync(this.path, { force: true });
  }
}
