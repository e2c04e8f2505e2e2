import type { FileHandle } from 'node:fs/promises';

import { DataError } from '@segkit/core';

import { fieldNumbers, tag, typeBytes, type TiffField } from './field-types.js';

/** The first directory of a TIFF: everything about its main image but the pixels. */
export interface TiffDirectory {
  readonly bigEndian: boolean;
  readonly fields: ReadonlyMap<number, TiffField>;
  /** Numbers of a field; an empty list if there is none. */
  numbers(field: number): readonly number[];
}

/** Directories that are looked at for further pages. */
const maximumDirectories = 1000;

/**
 * Reads the directory of a TIFF or BigTIFF. Smaller copies of the image and masks, as in cloud-optimised GeoTIFFs, may follow.
 * @param path - Names the file in errors.
 * @throws DataError if the file is no TIFF, is damaged, or holds several images.
 */
export async function readDirectory(path: string, file: FileHandle): Promise<TiffDirectory> {
  const reader = await openReader(path, file);
  const [first, ...others] = await allDirectories(reader);
  if (first === undefined) throw damaged(path, 'no image in it');
  const numbersOf = (fields: ReadonlyMap<number, TiffField>, name: number): readonly number[] => {
    const field = fields.get(name);
    return field === undefined ? [] : fieldNumbers(field, reader.bigEndian);
  };
  // Bit 0: a smaller copy of another image; bit 2: a mask of one.
  const pages = others.filter(
    (fields) => ((numbersOf(fields, tag.newSubfileType)[0] ?? 0) & 5) === 0,
  );
  if (pages.length > 0) {
    throw new DataError(
      `${path}: expected one image, found ${String(pages.length + 1)} pages; save every page as a file of its own.`,
    );
  }
  return {
    bigEndian: reader.bigEndian,
    fields: first,
    numbers: (name) => numbersOf(first, name),
  };
}

/** Whether a file begins as a TIFF or BigTIFF does. */
export function isTiff(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(start);
}

interface Reader {
  readonly path: string;
  readonly size: number;
  readonly bigEndian: boolean;
  /** BigTIFF. */
  readonly wide: boolean;
  readonly first: number;
  bytes(at: number, length: number): Promise<Buffer>;
  number(bytes: Buffer, at: number, size: 2 | 4 | 8): number;
}

async function openReader(path: string, file: FileHandle): Promise<Reader> {
  const { size } = await file.stat();
  const bytes = async (at: number, length: number): Promise<Buffer> => {
    if (at < 0 || length < 0 || at + length > size) {
      throw damaged(path, `something at byte ${String(at)} of ${String(size)}`);
    }
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, at);
    if (bytesRead < length) throw damaged(path, 'an early end');
    return buffer;
  };
  const head = await bytes(0, Math.min(16, size));
  if (!isTiff(head) || head.length < 8) throw damaged(path, 'no header of a TIFF');
  const bigEndian = head[0] === 0x4d;
  const wide = head[bigEndian ? 3 : 2] === 0x2b;
  if (wide && head.length < 16) throw damaged(path, 'an early end');
  const number = (buffer: Buffer, at: number, length: 2 | 4 | 8): number => {
    if (length === 8) {
      return Number(bigEndian ? buffer.readBigUInt64BE(at) : buffer.readBigUInt64LE(at));
    }
    return bigEndian ? buffer.readUIntBE(at, length) : buffer.readUIntLE(at, length);
  };
  const first = wide ? number(head, 8, 8) : number(head, 4, 4);
  return { path, size, bigEndian, wide, first, bytes, number };
}

async function allDirectories(reader: Reader): Promise<Map<number, TiffField>[]> {
  const directories: Map<number, TiffField>[] = [];
  const seen = new Set<number>();
  for (let at = reader.first; at !== 0;) {
    if (seen.has(at) || seen.size === maximumDirectories) {
      throw damaged(reader.path, 'directories without an end');
    }
    seen.add(at);
    const { fields, next } = await oneDirectory(reader, at);
    directories.push(fields);
    at = next;
  }
  return directories;
}

async function oneDirectory(reader: Reader, at: number) {
  const { wide } = reader;
  const [countBytes, entryBytes, offsetBytes] = wide
    ? ([8, 20, 8] as const)
    : ([2, 12, 4] as const);
  const count = reader.number(await reader.bytes(at, countBytes), 0, countBytes);
  const length = count * entryBytes;
  const table = await reader.bytes(at + countBytes, length + offsetBytes);
  const fields = new Map<number, TiffField>();
  for (let entry = 0; entry < length; entry += entryBytes) {
    const type = reader.number(table, entry + 2, 2);
    const values = reader.number(table, entry + 4, offsetBytes);
    const size = (typeBytes[type] ?? 0) * values;
    const value = entry + 4 + offsetBytes;
    const inside = size <= offsetBytes;
    const bytes = inside
      ? table.subarray(value, value + size)
      : await reader.bytes(reader.number(table, value, offsetBytes), size);
    if (size > 0) fields.set(reader.number(table, entry, 2), { type, count: values, bytes });
  }
  return { fields, next: reader.number(table, length, offsetBytes) };
}

function damaged(path: string, found: string): DataError {
  return new DataError(
    `${path}: expected a whole TIFF, found ${found}; copy or download the file again.`,
  );
}
