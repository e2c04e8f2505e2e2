import type { Raster } from '@segkit/core';

import { glyphCovers, glyphSize } from './bitmap-font.js';

/** Where and how to write. */
export interface TextOptions {
  /** Top left of the first character, or its bottom left where the text is vertical; in pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels of a glyph's pixel. Default 1. */
  readonly scale?: number;
  /** Red, green, blue, 0-255. Default black. */
  readonly color?: readonly [number, number, number];
  /** Whether the text runs from the bottom to the top. Default false. */
  readonly vertical?: boolean;
}

/** Accents are left out, so that Latin letters keep their glyphs. */
function charactersOf(text: string): readonly string[] {
  return Array.from(text.normalize('NFD').replaceAll(/\p{M}/gu, ''));
}

/** Pixels that a text is long and high; see {@link drawText}. */
export function textSize(
  text: string,
  scale = 1,
): { readonly height: number; readonly width: number } {
  const { length } = charactersOf(text);
  return {
    height: scale * glyphSize.height,
    width: Math.max(0, scale * (length * (glyphSize.width + 1) - 1)),
  };
}

/**
 * Writes a line of text into an image, in a small built-in font that has ASCII; what lies outside is cut off.
 * @param image - RGB bytes; changed.
 */
export function drawText(
  image: Raster<Uint8Array>,
  text: string,
  { x, y, scale = 1, color = [0, 0, 0], vertical = false }: TextOptions,
): void {
  const { height, width } = textSize(text, scale);
  const characters = charactersOf(text);
  const pitch = glyphSize.width + 1;
  for (let down = 0; down < height; down++) {
    for (let along = 0; along < width; along++) {
      const column = Math.floor(along / scale);
      const character = characters[Math.floor(column / pitch)] ?? ' ';
      if (!glyphCovers(character, Math.floor(down / scale), column % pitch)) continue;
      const row = vertical ? y - along : y + down;
      const at = vertical ? x + down : x + along;
      if (row < 0 || row >= image.height || at < 0 || at >= image.width) continue;
      image.data.set(color, 3 * (row * image.width + at));
    }
  }
}
