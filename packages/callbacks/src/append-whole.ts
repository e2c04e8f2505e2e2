import { ftruncateSync, writeSync } from 'node:fs';

/**
 * Writes bytes at the end of a file, all of them or none: what a full disk took of them is taken back, for the next would
 * otherwise begin in the middle of a line or a record.
 * @param size - The file's.
 * @returns Its size afterwards.
 * @throws The file system's error.
 */
export function appendWhole(descriptor: number, size: number, bytes: Uint8Array): number {
  let written = 0;
  try {
    while (written < bytes.length) {
      written += writeSync(descriptor, bytes, written, bytes.length - written, size + written);
    }
  } catch (error) {
    if (written > 0) ftruncateSync(descriptor, size);
    throw error;
  }
  return size + written;
}
