import { DataError, type Size } from '@segkit/core';

/**
 * Unpacks the lengths of runs from COCO's text: 5 bits per character from 48 on, low bits first, the sixth bit says that
 * more follow; from the fourth length on, the difference to the one before the last is stored.
 * @see https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (rleFrString)
 */
export function unpackLengths(text: string): number[] {
  const lengths: number[] = [];
  let value = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) - 48;
    if (code < 0 || code > 63 || bits > 30) {
      throw new DataError(
        `expected run lengths as COCO packs them, found the character "${text.charAt(i)}" at ${String(i)}`,
      );
    }
    value |= (code & 31) << bits;
    bits += 5;
    if ((code & 32) !== 0) continue;
    // The last character's high bit is the sign.
    if ((code & 16) !== 0 && bits < 32) value |= -1 << bits;
    lengths.push(value + (lengths.length > 2 ? (lengths.at(-2) as number) : 0));
    value = 0;
    bits = 0;
  }
  if (bits > 0)
    throw new DataError('expected run lengths as COCO packs them, found a cut off text');
  return lengths;
}

/**
 * Runs of a mask from the lengths of its runs, outside first.
 * @returns Starts and ends of runs in turn, counted column by column.
 * @throws DataError if the lengths do not fill the image.
 */
export function runsOfLengths(lengths: readonly number[], { height, width }: Size): Int32Array {
  let end = 0;
  const ends = lengths.map((length) => {
    if (!Number.isInteger(length) || length < 0) {
      throw new DataError(`expected whole run lengths from 0, found ${String(length)}`);
    }
    return (end += length);
  });
  if (end !== height * width) {
    throw new DataError(
      `expected run lengths that add up to ${String(height)} x ${String(width)} = ${String(height * width)}, found ${String(end)}`,
    );
  }
  return Int32Array.from(ends);
}
