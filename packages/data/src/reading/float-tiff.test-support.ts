/**
 * For tests: a TIFF of one row of 32-bit floats.
 * @see https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf (section 2)
 */
export function floatTiff(row: readonly number[]): Buffer {
  // Tag, type (3 is a 16-bit number, 4 a 32-bit one), value; the samples follow the 10 entries at 8 + 2 + 120 + 4.
  const entries = [
    [256, 3, row.length], // width
    [257, 3, 1], // height
    [258, 3, 32], // bits per sample
    [259, 3, 1], // no compression
    [262, 3, 1], // black is zero
    [273, 4, 134], // offset of the only strip
    [277, 3, 1], // samples per pixel
    [278, 3, 1], // rows per strip
    [279, 4, 4 * row.length], // bytes of the strip
    [339, 3, 3], // samples are floats
  ] as const;
  const bytes = Buffer.alloc(134 + 4 * row.length);
  bytes.write('II');
  bytes.writeUInt16LE(42, 2);
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, value], i) => {
    bytes.writeUInt16LE(tag, 10 + 12 * i);
    bytes.writeUInt16LE(type, 12 + 12 * i);
    bytes.writeUInt32LE(1, 14 + 12 * i);
    bytes.writeUInt32LE(value, 18 + 12 * i);
  });
  row.forEach((value, i) => bytes.writeFloatLE(value, 134 + 4 * i));
  return bytes;
}
