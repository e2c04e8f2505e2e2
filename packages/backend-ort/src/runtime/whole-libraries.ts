import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const magic = 0x7f454c46;
const headerBytes = 64;

/**
 * Refuses a Linux library whose end is missing, as a full disk or an interrupted copy leaves it. Loading one does not throw:
 * the system's loader reads beyond the file's end, and the process dies of SIGBUS.
 * @param folder - May be absent. Files that are no 64-bit ELF are left to the loader, which refuses them.
 * @throws Error naming the file, its length and what its segments need.
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html
 */
export function expectWholeLibraries(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const { length, needed } = measure(path);
    if (length < needed) throw new Error(`${path} is cut short: ${length} of ${needed} bytes`);
  }
}

function measure(path: string): { readonly length: number; readonly needed: number } {
  const file = openSync(path, 'r');
  try {
    return { length: fstatSync(file).size, needed: bytesNeeded(file) };
  } finally {
    closeSync(file);
  }
}

/** Where the last segment ends, or the table of segments if it is cut itself. */
function bytesNeeded(file: number): number {
  const header = read(file, 0, headerBytes);
  if (header.length < headerBytes || header.readUInt32BE(0) !== magic) return 0;
  const start = Number(header.readBigUInt64LE(32));
  const entryBytes = header.readUInt16LE(54);
  const tableBytes = entryBytes * header.readUInt16LE(56);
  const table = read(file, start, tableBytes);
  let end = start + tableBytes;
  for (let at = 0; at + entryBytes <= table.length; at += entryBytes) {
    const segment = table.subarray(at, at + entryBytes);
    end = Math.max(end, Number(segment.readBigUInt64LE(8) + segment.readBigUInt64LE(32)));
  }
  return end;
}

/** The bytes from a position on, fewer where the file ends before. */
function read(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, position));
}
