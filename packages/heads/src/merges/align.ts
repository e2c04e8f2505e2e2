import {
  centerCrop,
  formatSize,
  padToSize,
  resizeBilinear,
  sameSize,
  ShapeError,
  type Size,
} from '@segkit/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod';

/** How a merge brings the skip and the upsampled map to one size. */
export const alignOption = z
  .enum(['none', 'crop', 'pad', 'resize'])
  .default('none')
  .describe(
    'When sizes differ: "none" is an error, "crop" centre-crops the larger map, "pad" zero-pads the upsampled map to the skip, "resize" resizes it bilinearly to the skip.',
  );

/** One of the values of `alignOption`. */
export type Alignment = z.output<typeof alignOption>;

/**
 * The size that both maps have after aligning.
 * - `none`: theirs;
 * - `crop`: the smaller height and the smaller width (with valid convolutions: the upsampled map's);
 * - `pad`, `resize`: the skip's.
 * @param where - Opens the error message.
 * @throws ShapeError for `none` if the sizes differ.
 */
export function alignedSize(align: Alignment, skip: Size, up: Size, where: string): Size {
  switch (align) {
    case 'none':
      if (sameSize(skip, up)) return skip;
      throw new ShapeError(
        `${where}: the skip is ${formatSize(skip)}, the upsampled map is ${formatSize(up)}; ` +
          'set align to "resize" or "pad" (keeps the skip\'s size) or to "crop" (keeps the smaller size), ' +
          "or give images whose sides are multiples of the backbone's largest stride.",
      );
    case 'crop':
      return { height: Math.min(skip.height, up.height), width: Math.min(skip.width, up.width) };
    case 'pad':
    case 'resize':
      return skip;
  }
}

/**
 * Brings both maps to `alignedSize`. Where the upsampled map is larger than the skip, `pad` crops it instead, so that
 * every pair of sizes can be joined.
 * @param skip - `[batch, hs, ws, cs]` float32.
 * @param up - `[batch, hu, wu, cu]` float32.
 * @throws ShapeError for `none` if the sizes differ.
 */
export function alignMaps(
  align: Alignment,
  skip: Tensor4D,
  up: Tensor4D,
  where: string,
): readonly [skip: Tensor4D, up: Tensor4D] {
  const target = alignedSize(align, sizeOf(skip), sizeOf(up), where);
  switch (align) {
    case 'none':
      return [skip, up];
    case 'crop':
      return [centerCrop(skip, target), centerCrop(up, target)];
    case 'pad': {
      const cropped = centerCrop(up, {
        height: Math.min(up.shape[1], target.height),
        width: Math.min(up.shape[2], target.width),
      });
      return [skip, padToSize(cropped, target)];
    }
    case 'resize':
      return [skip, sameSize(sizeOf(up), target) ? up : resizeBilinear(up, target)];
  }
}

function sizeOf(map: Tensor4D): Size {
  return { height: map.shape[1], width: map.shape[2] };
}
