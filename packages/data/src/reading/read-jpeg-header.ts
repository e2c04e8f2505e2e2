/** What of a JPEG says how its pixels are stored. */
export interface JpegHeader {
  /** 1, 3 or 4. */
  readonly channels: number;
  /** Bits of a sample. */
  readonly bits: number;
}

/** Begins every segment's name. */
const marker = 0xff;

/** Frames that are sequential or progressive, and packed by Huffman's codes: those that all programs write. */
const frames: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);

/** Tables, notes of applications, comments, and intervals: what may come before a frame. */
function comesBefore(name: number): boolean {
  return name === 0xc4 || name === 0xdb || name === 0xdd || name === 0xfe || (name & 0xf0) === 0xe0;
}

/**
 * Reads the header of a JPEG.
 * @returns `undefined` if the bytes are no JPEG, an unusual one, or too few.
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf (annex B)
 */
export function readJpegHeader(bytes: Buffer): JpegHeader | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  // A segment is its name of two bytes, and its length, which counts itself.
  for (let at = 2; at + 10 <= bytes.length;) {
    const name = bytes.readUInt8(at + 1);
    if (bytes.readUInt8(at) !== marker) return undefined;
    if (frames.has(name))
      return { bits: bytes.readUInt8(at + 4), channels: bytes.readUInt8(at + 9) };
    if (!comesBefore(name)) return undefined;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
