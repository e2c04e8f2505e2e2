import { DataError, type Raster } from '@segkit/core';

import type { RawMask } from './raw-mask.js';

/**
 * The raw value of every pixel: gray values, or palette indices. RGB masks count as gray where the three channels
 * are equal everywhere.
 * @param path - Names the file in errors.
 * @returns One channel of raw values.
 * @throws DataError if the mask is coloured.
 */
export function maskValues(path: string, mask: RawMask): Raster<Uint8Array | Uint16Array> {
  const { height, width, channels, data } = mask;
  if (channels === 1) return { height, width, channels, data };
  const values = data.slice(0, height * width);
  for (let i = 0; i < values.length; i++) {
    const red = data[3 * i] as number;
    const green = data[3 * i + 1] as number;
    const blue = data[3 * i + 2] as number;
    if (red !== green || green !== blue) {
      throw new DataError(
        `${path}: expected a gray or palette mask, found the colour [${[red, green, blue].join(', ')}] at row ` +
          `${String(Math.floor(i / width))}, column ${String(i % width)}; if colours stand for classes, ` +
          `set maskFormat: 'colors' and give each class its color.`,
      );
    }
    values[i] = red;
  }
  return { height, width, channels: 1, data: values };
}

/** A colour as one number, `0xRRGGBB`. */
export function packColor(red: number, green: number, blue: number): number {
  return (red << 16) | (green << 8) | blue;
}

/** A packed colour's red, green and blue, 0-255. */
export function unpackColor(packed: number): [number, number, number] {
  return [(packed >> 16) & 255, (packed >> 8) & 255, packed & 255];
}

/**
 * The colour of every pixel as `0xRRGGBB`: RGB values, palette colours, or gray thrice.
 * @param path - Names the file in errors.
 * @returns One channel of packed colours.
 * @throws DataError if the mask has 16 bits per channel, or indices beyond its palette.
 */
export function maskColors(path: string, mask: RawMask): Raster<Int32Array> {
  const { height, width, channels, data, palette } = mask;
  if (data instanceof Uint16Array) {
    throw new DataError(
      `${path}: expected a mask of 8-bit colours, found 16 bits per channel; save it with 8 bits, or set maskFormat: 'values'.`,
    );
  }
  const at = (index: number): number => data[index] as number;
  const colors = new Int32Array(height * width);
  if (channels === 3) {
    for (let i = 0; i < colors.length; i++) {
      colors[i] = packColor(at(3 * i), at(3 * i + 1), at(3 * i + 2));
    }
    return { height, width, channels: 1, data: colors };
  }
  const ofIndex = palette?.map(([red = 0, green = 0, blue = 0]) => packColor(red, green, blue));
  for (let i = 0; i < colors.length; i++) {
    const value = at(i);
    const color = ofIndex === undefined ? packColor(value, value, value) : ofIndex[value];
    if (color === undefined) {
      throw new DataError(
        `${path}: expected indices into a palette of ${String(palette?.length)} colours, found index ${String(value)}; save the mask again.`,
      );
    }
    colors[i] = color;
  }
  return { height, width, channels: 1, data: colors };
}
