import sharp from 'sharp';

const bitsOf: Readonly<Record<string, number>> = {
  uchar: 8,
  char: 8,
  ushort: 16,
  short: 16,
  uint: 32,
  int: 32,
  float: 32,
  double: 64,
};

/**
 * Bits per channel of an image file, from its header: 1, 2, 4, 8, 16 or 32; of a palette, those of its indices.
 * @returns `undefined` if there is no header to read.
 */
export async function storedBits(path: string): Promise<number | undefined> {
  try {
    const { bitsPerSample, depth } = await sharp(path).metadata();
    return bitsPerSample ?? bitsOf[depth];
  } catch {
    return undefined;
  }
}
