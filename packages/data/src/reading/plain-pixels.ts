import { decodePlainPng, type PlainPng } from './decode-plain-png.js';
import type { NumericPixels } from './decode-pixels.js';
import type { PngHeader } from './png-header.js';

/** Numbers of two bytes, the high one first. */
function wideNumbers(bytes: Uint8Array): Uint16Array {
  const numbers = new Uint16Array(bytes.length / 2);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = ((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number);
  }
  return numbers;
}

/** Every pixel without its last sample. */
function withoutAlpha<T extends Uint8Array | Uint16Array>(data: T, channels: number): T {
  const colors = channels - 1;
  const kept = data.slice(0, (data.length / channels) * colors) as T;
  for (let from = 0, to = 0; from < data.length; from++) {
    for (const end = to + colors; to < end; from++, to++) kept[to] = data[from] as number;
  }
  return kept;
}

function pixelsOf({ height, width, channels, depth, data }: PlainPng): NumericPixels {
  const stored = depth === 16 ? wideNumbers(data) : data;
  const alpha = channels === 2 || channels === 4;
  const colors = alpha ? withoutAlpha(stored, channels) : stored;
  return { height, width, channels: alpha ? channels - 1 : channels, data: colors, whole: true };
}

/**
 * The pixels of a plain PNG of 8 or 16 bits without a palette, alpha dropped.
 * @returns `undefined` if it is anything else, or damaged.
 */
export function plainPixels(
  bytes: Buffer,
  { indexed, bits }: PngHeader,
): NumericPixels | undefined {
  const png = indexed || bits < 8 ? undefined : decodePlainPng(bytes);
  return png && pixelsOf(png);
}
