/** Bytes of one value by TIFF field type. @see https://www.awaresystems.be/imaging/tiff/bigtiff.html */
export const typeBytes: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 },
  ...{ 16: 8, 17: 8, 18: 8 },
};

/** Field types that this package writes. */
export const fieldType = { ascii: 2, short: 3, long: 4, float: 11, double: 12, long8: 16 } as const;

/** Fields by their meaning. */
export const tag = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  ycbcrSubsampling: 530,
  referenceBlackWhite: 532,
  modelPixelScale: 33550,
  modelTiepoint: 33922,
  modelTransformation: 34264,
  geoKeyDirectory: 34735,
  geoDoubleParams: 34736,
  geoAsciiParams: 34737,
  gdalNodata: 42113,
} as const;

/** One field of a TIFF directory, its values in the byte order of the file. */
export interface TiffField {
  readonly type: number;
  readonly count: number;
  readonly bytes: Buffer;
}

/** The numbers of a field; fractions as their quotient. */
export function fieldNumbers({ type, count, bytes }: TiffField, bigEndian: boolean): number[] {
  const size = typeBytes[type] ?? 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) =>
    readNumber(view, type, index * size, !bigEndian),
  );
}

function readNumber(view: DataView, type: number, at: number, little: boolean): number {
  switch (type) {
    case 3:
      return view.getUint16(at, little);
    case 4:
    case 13:
      return view.getUint32(at, little);
    case 5:
      return view.getUint32(at, little) / view.getUint32(at + 4, little);
    case 6:
      return view.getInt8(at);
    case 8:
      return view.getInt16(at, little);
    case 9:
      return view.getInt32(at, little);
    case 10:
      return view.getInt32(at, little) / view.getInt32(at + 4, little);
    case 11:
      return view.getFloat32(at, little);
    case 12:
      return view.getFloat64(at, little);
    case 16:
    case 18:
      return Number(view.getBigUint64(at, little));
    case 17:
      return Number(view.getBigInt64(at, little));
    default:
      return view.getUint8(at);
  }
}

/** A field of numbers, little-endian. */
export function numbersField(type: number, values: readonly number[]): TiffField {
  const size = typeBytes[type] ?? 1;
  const bytes = Buffer.alloc(size * values.length);
  values.forEach((value, index) => {
    const at = index * size;
    if (type === fieldType.short) bytes.writeUInt16LE(value, at);
    else if (type === fieldType.long) bytes.writeUInt32LE(value, at);
    else if (type === fieldType.float) bytes.writeFloatLE(value, at);
    else if (type === fieldType.double) bytes.writeDoubleLE(value, at);
    else if (type === fieldType.long8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUInt8(value, at);
  });
  return { type, count: values.length, bytes };
}

/** A field whose values are in the other byte order. */
export function swapped(field: TiffField): TiffField {
  const whole = typeBytes[field.type] ?? 1;
  // A fraction is two numbers of four bytes.
  const size = field.type === 5 || field.type === 10 ? 4 : whole;
  const bytes = Buffer.from(field.bytes);
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else if (size === 8) bytes.swap64();
  return { ...field, bytes };
}
