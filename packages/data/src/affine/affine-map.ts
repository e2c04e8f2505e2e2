import type { Size } from '@segkit/core';

import type { SourceMap } from '../warp/source-map.js';

/** How an image is moved around its centre: scaled, then sheared, then turned, then shifted. */
export interface AffineParameters {
  /** Degrees, clockwise as the image is looked at. */
  readonly rotate: number;
  /** Factor of the width; more than 1 enlarges. */
  readonly scaleX: number;
  /** Factor of the height. */
  readonly scaleY: number;
  /** Degrees by which columns lean. */
  readonly shear: number;
  /** Pixels to the right. */
  readonly shiftX: number;
  /** Pixels down. */
  readonly shiftY: number;
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/**
 * Where the pixels of a moved image come from. A pixel at `p`, seen from the centre, goes to
 * `R * [[1, -tan(shear)], [0, 1]] * diag(scaleX, scaleY) * p + shift`, x before y: scikit-image's `AffineTransform` and
 * torchvision's `affine`, about the centre between the first and the last pixel.
 */
export function affineMap(
  { rotate, scaleX, scaleY, shear, shiftX, shiftY }: AffineParameters,
  { height, width }: Size,
): SourceMap {
  const cos = Math.cos(radians(rotate));
  const sin = Math.sin(radians(rotate));
  const lean = Math.tan(radians(shear));
  // The inverse: diag(1/scaleX, 1/scaleY) * [[1, lean], [0, 1]] * R transposed.
  const xPerX = (cos - lean * sin) / scaleX;
  const xPerY = (sin + lean * cos) / scaleX;
  const yPerX = -sin / scaleY;
  const yPerY = cos / scaleY;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  return {
    height,
    width,
    locate(y, rows, columns) {
      const down = y - middleY - shiftY;
      const left = -middleX - shiftX;
      const column = middleX + xPerY * down + xPerX * left;
      const row = middleY + yPerY * down + yPerX * left;
      for (let x = 0; x < width; x++) {
        columns[x] = column + xPerX * x;
        rows[x] = row + yPerX * x;
      }
    },
  };
}
