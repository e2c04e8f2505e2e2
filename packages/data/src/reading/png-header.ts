import { hasPngSignature } from 'fast-png';

/** What of a PNG stands before its pixels. @see https://www.w3.org/TR/png-3/#11IHDR */
export interface PngHeader {
  /** Bits per sample or index. */
  readonly bits: number;
  /** The pixels are indices into a palette. */
  readonly indexed: boolean;
  readonly interlaced: boolean;
  /** Types of the chunks before the pixels, e.g. `PLTE`. */
  readonly chunks: ReadonlySet<string>;
}

/**
 * Reads the header of a PNG.
 * @returns `undefined` if the bytes are no PNG, or too few.
 */
export function readPngHeader(bytes: Buffer): PngHeader | undefined {
  // 8 bytes signature, 4 length, 4 "IHDR", 4 width, 4 height, then depth, colour type, 2 methods, interlacing.
  if (bytes.length < 29 || !hasPngSignature(bytes)) return undefined;
  const chunks = new Set<string>();
  // A chunk is its length, its type, as many bytes, and a checksum.
  for (let at = 8; at + 8 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') break;
    chunks.add(type);
  }
  return {
    bits: bytes.readUInt8(24),
    indexed: bytes.readUInt8(25) === 3,
    interlaced: bytes.readUInt8(28) === 1,
    chunks,
  };
}
