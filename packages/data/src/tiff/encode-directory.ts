import type { TiffField } from './field-types.js';

/** How a directory is written. */
export interface DirectoryLayout {
  /** Where in the file it begins. */
  readonly at: number;
  readonly bigEndian: boolean;
  /** BigTIFF: offsets of 8 bytes. */
  readonly wide: boolean;
}

/** A whole number as bytes. */
export function numberBytes(
  value: number,
  size: 2 | 4 | 8,
  { bigEndian }: Pick<DirectoryLayout, 'bigEndian'>,
): Buffer {
  const bytes = Buffer.alloc(size);
  if (size === 8) {
    if (bigEndian) bytes.writeBigUInt64BE(BigInt(value));
    else bytes.writeBigUInt64LE(BigInt(value));
  } else if (bigEndian) bytes.writeUIntBE(value, 0, size);
  else bytes.writeUIntLE(value, 0, size);
  return bytes;
}

/** Header of a TIFF whose directory lies at `at`. */
export function encodeHeader(layout: DirectoryLayout): Buffer {
  const { at, bigEndian, wide } = layout;
  const order = Buffer.from(bigEndian ? 'MM' : 'II', 'latin1');
  const number = (value: number, size: 2 | 4 | 8) => numberBytes(value, size, layout);
  return wide
    ? Buffer.concat([order, number(43, 2), number(8, 2), number(0, 2), number(at, 8)])
    : Buffer.concat([order, number(42, 2), number(at, 4)]);
}

/**
 * A directory with the values that it points to behind it; no other directory follows.
 * @param fields - In the byte order of the layout.
 */
export function encodeDirectory(
  fields: ReadonlyMap<number, TiffField>,
  layout: DirectoryLayout,
): Buffer {
  const { at, wide } = layout;
  const [countBytes, entryBytes, offsetBytes] = wide
    ? ([8, 20, 8] as const)
    : ([2, 12, 4] as const);
  const number = (value: number, size: 2 | 4 | 8) => numberBytes(value, size, layout);
  const entries: Buffer[] = [];
  const values: Buffer[] = [];
  let free = at + countBytes + fields.size * entryBytes + offsetBytes;
  for (const [tag, { type, count, bytes }] of [...fields].sort(([a], [b]) => a - b)) {
    entries.push(number(tag, 2), number(type, 2), number(count, offsetBytes));
    if (bytes.length <= offsetBytes) {
      entries.push(bytes, Buffer.alloc(offsetBytes - bytes.length));
      continue;
    }
    entries.push(number(free, offsetBytes));
    // Values begin at even bytes.
    const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
    values.push(even);
    free += even.length;
  }
  return Buffer.concat([
    number(fields.size, countBytes),
    ...entries,
    number(0, offsetBytes),
    ...values,
  ]);
}
