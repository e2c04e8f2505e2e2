import { DataError } from '@segkit/core';

import type { PngHeader } from './png-header.js';

/**
 * Refuses PNGs that would be read as less than they are.
 * @param path - Names the file in errors.
 * @throws DataError if the PNG is animated, or its palette has 16 bits.
 */
export function checkPng(path: string, { indexed, bits, chunks }: PngHeader): void {
  if (chunks.has('acTL')) {
    throw new DataError(
      `${path}: expected one image, found an animated PNG; save every frame as a file of its own.`,
    );
  }
  if (indexed && bits > 8) {
    throw new DataError(
      `${path}: expected a palette PNG of 1 to 8 bits, found ${String(bits)} bits, which the format does not have; save it as 16-bit gray, or with a palette of up to 256 colours.`,
    );
  }
}
